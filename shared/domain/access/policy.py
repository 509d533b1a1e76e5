"""Apply the operator's policy: which folder may deploy to which endpoints, with which roles.

The policy denies by default, and each rule only adds. Folders are compared as storage does, with
case; names whose case Azure ignores are compared without it.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from fnmatch import fnmatchcase

from shared.domain.access.approval import Approval, stricter
from shared.domain.access.caller import Caller
from shared.domain.access.policy_rule import Policy, Rule
from shared.domain.access.roles import AskedRole
from shared.domain.comparison.settings import ComparisonFloor
from shared.domain.rollout.strategy import Floor


@dataclass(frozen=True)
class Placement:
    """A deployment of a flow to an endpoint, or a removal, that the policy must allow.

    Args:
        path: where the flow was dropped, in the flows container.
        endpoint: the endpoint's name.
        workspace: the workspace's name.
        suffix: the suffix that the workspace's endpoint names may have.
        caller: the caller over HTTP; None for every other door.
    """

    path: str
    endpoint: str
    workspace: str
    suffix: str = ""
    caller: Caller | None = None


def suffix_of(workspace_id: str) -> str:
    """Return the workspace's suffix for endpoint names, which must be unique in a region."""
    return f"-{hashlib.sha256(workspace_id.lower().encode()).hexdigest()[:6]}"


def suffixed(policy: Policy, *, path: str, name: str, workspace: str, suffix: str) -> str:
    """Add the workspace's suffix to an endpoint name if a rule for the folder asks for it."""
    rules = _of_folder(policy, path, workspace)
    return f"{name}{suffix}" if any(it.suffix and it.allows(name, "") for it in rules) else name


def refusal(policy: Policy, asked: Placement) -> str | None:
    """Return why the policy refuses the deployment or removal, or None."""
    if (why := refused_caller(policy, asked)) is not None:
        return why
    path = asked.path
    rules = [it for it in _of_folder(policy, path, asked.workspace) if _calls(it, asked.caller)]
    if any(rule.allows(asked.endpoint, asked.suffix) for rule in rules):
        return None
    allowed = ", ".join(sorted({pattern for rule in rules for pattern in rule.endpoints}))
    return f"The policy lets '{path}' deploy to {allowed or 'nothing'}, not to '{asked.endpoint}'"


def refused_caller(policy: Policy, asked: Placement) -> str | None:
    """Return why nothing of this folder may be deployed by the caller, or None."""
    if not policy:
        return "No policy is set, so nothing may be deployed"
    path = asked.path
    if not any(rule.holds(path) for rule in policy):
        return f"No rule of the policy lets '{path}' deploy anything"
    rules = _of_folder(policy, path, asked.workspace)
    if not rules:
        return f"No rule of the policy lets '{path}' deploy to workspace '{asked.workspace}'"
    rules = [rule for rule in rules if _calls(rule, asked.caller)]
    if not rules:
        who = f"'{asked.caller.name}'" if asked.caller and asked.caller.name else "a function key"
        return f"No rule of the policy lets {who} deploy or delete '{path}'"
    return None


def refused_roles(
    policy: Policy, asked: Placement, roles: Iterable[AskedRole]
) -> tuple[AskedRole, ...]:
    """Return the roles that no rule for this flow and endpoint allows."""
    allowed = [role for rule in _rules(policy, asked) for role in rule.roles]
    return tuple(it for it in roles if not any(one.fits(it) for one in allowed))


def repairs(policy: Policy, released: Placement) -> bool:
    """Return whether a rule for the release asks to repair the drift of its endpoint."""
    return any(rule.repair for rule in _rules(policy, released))


def refused_identity(policy: Policy, asked: Placement, resource_id: str) -> bool:
    """Return whether no rule lets the flow run as this user-assigned identity."""
    return not _fits(resource_id, (it for rule in _rules(policy, asked) for it in rule.identities))


def refused_connections(policy: Policy, asked: Placement, names: Iterable[str]) -> tuple[str, ...]:
    """Return the connections that no rule lets the flow use."""
    allowed = [it for rule in _rules(policy, asked) for it in rule.connections]
    return tuple(name for name in dict.fromkeys(names) if not _fits(name, allowed))


def refused_kind(policy: Policy, asked: Placement, kind: str) -> tuple[str, ...] | None:
    """Return the kinds of package that the rules allow, if this one is not among them, or None."""
    kinds = [rule.kinds for rule in _rules(policy, asked)]
    if any(it is None or kind in it for it in kinds):
        return None
    return tuple(sorted({name for it in kinds for name in it or ()}))


def rollout_floor(policy: Policy, asked: Placement) -> Floor | None:
    """Return the least rollout that the rules for this flow and endpoint demand, all together."""
    floor: Floor | None = None
    for rule in _rules(policy, asked):
        if rule.rollout is not None:
            floor = rule.rollout.as_floor().joined(floor)
    return floor


def comparison_floor(policy: Policy, asked: Placement) -> ComparisonFloor | None:
    """Return the least comparison that the rules for this flow and endpoint demand together."""
    floor: ComparisonFloor | None = None
    for rule in _rules(policy, asked):
        if rule.comparison is not None:
            floor = rule.comparison.as_floor().joined(floor)
    return floor


def approval_floor(policy: Policy, asked: Placement) -> Approval:
    """Return the least approval that the rules for this flow and endpoint demand."""
    found: Approval = "none"
    for rule in _rules(policy, asked):
        found = stricter(found, rule.approval)
    return found


def approvers(policy: Policy, asked: Placement) -> tuple[str, ...]:
    """Return patterns of those who may approve the deployment; none if no rule names any."""
    return tuple(it for rule in _rules(policy, asked) for it in rule.approvers)


def _rules(policy: Policy, asked: Placement) -> list[Rule]:
    return [
        rule
        for rule in _of_folder(policy, asked.path, asked.workspace)
        if _calls(rule, asked.caller) and rule.allows(asked.endpoint, asked.suffix)
    ]


def _of_folder(policy: Policy, path: str, workspace: str) -> list[Rule]:
    return [rule for rule in policy if rule.holds(path) and rule.workspace in {None, workspace}]


def _calls(rule: Rule, caller: Caller | None) -> bool:
    return caller is None or rule.callers is None or any(map(caller.fits, rule.callers))


def _fits(name: str, patterns: Iterable[str]) -> bool:
    return any(fnmatchcase(name.lower(), pattern.lower()) for pattern in patterns)
