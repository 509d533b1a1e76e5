"""What an operator allows: which prefix may deploy to which endpoints, with which roles.

No rule, nothing: policy denies by default.
"""

import hashlib
from collections.abc import Iterable
from fnmatch import fnmatchcase

from pydantic import BaseModel, ConfigDict, TypeAdapter

from shared.domain.access import AskedRole


class _Said(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)


class AllowedRole(_Said):
    """A role, by name or id, that a manifest may ask for at scopes of these shell-style patterns.

    It must be written as the manifests write it: a name is not looked up here.
    """

    role: str
    scopes: tuple[str, ...]


class Rule(_Said):
    """One permission. Endpoint patterns are shell-style; no workspace means the app's own.

    With `suffix`, names that are taken from zips and folders get the workspace's suffix; the
    patterns are those of the names without it.
    """

    prefix: str
    endpoints: tuple[str, ...]
    workspace: str | None = None
    suffix: bool = False
    roles: tuple[AllowedRole, ...] = ()

    def allows(self, endpoint: str, suffix: str) -> bool:
        names = {endpoint, endpoint.removesuffix(suffix)} if self.suffix else {endpoint}
        return any(fnmatchcase(name, pattern) for name in names for pattern in self.endpoints)


Policy = tuple[Rule, ...]


def parse_policy(text: str) -> Policy:
    """Read the setting: a JSON list of rules; empty text is no rule. Raises ValueError."""
    return TypeAdapter(Policy).validate_json(text) if text.strip() else ()


def suffix_of(workspace_id: str) -> str:
    """What sets a workspace's endpoint names apart: they are unique in a whole region."""
    return f"-{hashlib.sha256(workspace_id.lower().encode()).hexdigest()[:6]}"


def suffixed(policy: Policy, *, path: str, name: str, workspace: str, suffix: str) -> str:
    """The endpoint's name, from the one that a zip or folder asks for."""
    rules = _rules(policy, path, workspace)
    return f"{name}{suffix}" if any(it.suffix and it.allows(name, "") for it in rules) else name


def refusal(
    policy: Policy, *, path: str, endpoint: str, workspace: str, suffix: str = ""
) -> str | None:
    """Why the flow at the path may not deploy to the endpoint; None where it may."""
    if not policy:
        return "No policy is set, so nothing may be deployed"
    rules = [rule for rule in policy if path.startswith(rule.prefix)]
    if not rules:
        return f"No rule of the policy lets '{path}' deploy anything"
    rules = _rules(policy, path, workspace)
    if not rules:
        return f"No rule of the policy lets '{path}' deploy to workspace '{workspace}'"
    if any(rule.allows(endpoint, suffix) for rule in rules):
        return None
    allowed = ", ".join(sorted({pattern for rule in rules for pattern in rule.endpoints}))
    return f"The policy lets '{path}' deploy to {allowed or 'nothing'}, not to '{endpoint}'"


def refused_roles(
    policy: Policy,
    roles: Iterable[AskedRole],
    *,
    path: str,
    endpoint: str,
    workspace: str,
    suffix: str = "",
) -> tuple[AskedRole, ...]:
    """Those of the asked roles that no rule for this flow and endpoint allows."""
    rules = [it for it in _rules(policy, path, workspace) if it.allows(endpoint, suffix)]
    allowed = [role for rule in rules for role in rule.roles]
    return tuple(it for it in roles if not any(_fits(one, it) for one in allowed))


def _rules(policy: Policy, path: str, workspace: str) -> list[Rule]:
    return [
        rule
        for rule in policy
        if path.startswith(rule.prefix) and rule.workspace in {None, workspace}
    ]


def _fits(allowed: AllowedRole, asked: AskedRole) -> bool:
    return allowed.role.lower() == asked.role.lower() and any(
        fnmatchcase(asked.scope.lower(), pattern.lower()) for pattern in allowed.scopes
    )
