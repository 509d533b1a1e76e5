"""Step that grants a role, or waits until an administrator has granted it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from shared.domain.access.own_rights import ASSIGN_ROLES
from shared.domain.access.permission import permits
from shared.domain.access.roles import Grant, Role, assignment_name, covers, grant_command
from shared.domain.failure import Denied, Refused
from shared.domain.jobs.ending import Ending
from shared.domain.jobs.step_call import StepCall
from shared.domain.jobs.step_report import StepFacts, StepReport, ok, waiting
from shared.ports import Ports
from shared.steps.deploy.planning import kept_plan
from shared.steps.deploy.rights import effective_assignments

_WRITTEN = "The grant is written; waiting until it is visible"


def ensure_role_assignment(ports: Ports, call: StepCall) -> StepReport:
    """Ensure that the endpoint's identity holds the role, and that the assignment is visible.

    If Sluice may not grant it, the report names the command for an administrator, and a later try
    finds the assignment.
    """
    known = call.arguments["principal_id"] or call.known.get("principal_id")
    principal = known or _principal(ports, call.endpoint)
    if principal is None:
        return waiting("Azure has not yet made the endpoint's identity")
    grant = _grant(call.arguments)
    written = call.said == _WRITTEN  # granted by an earlier try; again would change nothing
    missing = ports.seen.take(call, ports.now()) is not None  # the plan has just looked
    return (
        (None if missing else _held(ports, grant, principal))
        or (None if written else _assign(ports, call, grant, principal))
        or (None if written else _held(ports, grant, principal))
        or waiting(_WRITTEN, retry_after=1)
    )


def _held(ports: Ports, grant: Grant, principal: str) -> StepReport | None:
    for held in effective_assignments(ports, grant.scope, principal):
        if covers(held, grant, principal):
            ours = held.id.endswith(assignment_name(grant.scope, grant.role.id, principal))
            role = {
                "role": grant.role.name,
                "scope": grant.scope,
                "principal_id": principal,
                "granted_at": held.created_on,
                "granted_by": "sluice" if ours else "somebody else",
            }
            return ok(facts=StepFacts(granted_at=held.created_on, ending=Ending(roles=(role,))))
    return None


def _grant(given: Mapping[str, Any]) -> Grant:
    return Grant(
        Role(given["role"], given["role_id"]),
        given["scope"],
        given["why"],
        action=given.get("action", ""),
        data=given.get("data", False),
        optional=given.get("optional", False),
    )


def _assign(ports: Ports, call: StepCall, grant: Grant, principal: str) -> StepReport | None:
    """Grant the role; the report says why it cannot be granted now, None if it is granted."""
    try:
        ports.roles.assign(grant.scope, grant.role.id, principal)
    except Denied:
        if grant.optional:  # the flow works without it, so there is no point in waiting
            return StepReport("unhealthy", _asked((grant,), principal))
        ports.seen.forget(call.job)  # a person now changes what the plan saw
        missing = (grant, *_further(ports, call, grant, principal))
        note = _asked(missing, principal) + call.deadline
        return replace(waiting(note), person=True)
    except Refused as refused:
        if refused.code != "PrincipalNotFound":
            raise
        return waiting("The endpoint's new identity is not yet known everywhere in Azure")
    return None


def _further(ports: Ports, call: StepCall, first: Grant, principal: str) -> Iterator[Grant]:
    """Yield the later grants of the plan that an administrator must make too.

    So one person makes them all at once, and the job does not stop again at each.
    """
    planned = kept_plan(ports, call.job)
    for step in planned.steps if planned is not None else ():
        if step.kind != "ensure_role_assignment" or step.optional:
            continue
        grant = _grant(step.arguments)
        if (grant.role, grant.scope) == (first.role, first.scope):
            continue
        if permits(ports.roles.own_permissions(grant.scope), ASSIGN_ROLES):
            continue
        if _held(ports, grant, principal) is None:
            yield grant


def _asked(missing: Sequence[Grant], principal: str) -> str:
    """Say what an administrator must run: several commands are lines of their own."""
    commands = [grant_command(it, principal) for it in missing]
    names = ", ".join(f"'{it.role.name}'" for it in missing)
    gap = " " if len(commands) == 1 else "\n"
    rest = gap.join(commands)
    return f"Sluice may not grant {names} itself. An administrator must run:{gap}{rest}"


def _principal(ports: Ports, endpoint: str) -> str | None:
    state = ports.workspace.endpoint(endpoint)
    return state.identity.principal_id if state is not None else None
