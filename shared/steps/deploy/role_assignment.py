"""Step that grants a role, or waits until an administrator has granted it."""

from dataclasses import replace

from shared.domain.access.roles import Grant, Role, assignment_name, covers, grant_command
from shared.domain.failure import Denied, Refused
from shared.domain.jobs.ending import Ending
from shared.domain.jobs.step_call import StepCall
from shared.domain.jobs.step_report import StepFacts, StepReport, ok, waiting
from shared.ports import Ports
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
    given = call.arguments
    grant = Grant(
        Role(given["role"], given["role_id"]),
        given["scope"],
        given["why"],
        action=given.get("action", ""),
        data=given.get("data", False),
        optional=given.get("optional", False),
    )
    written = call.said == _WRITTEN  # granted by an earlier try; again would change nothing
    missing = ports.seen.take(call, ports.now()) is not None  # the plan has just looked
    return (
        (None if missing else _held(ports, grant, principal))
        or (None if written else _assign(ports, grant, principal))
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


def _assign(ports: Ports, grant: Grant, principal: str) -> StepReport | None:
    """Grant the role; the report says why it cannot be granted now, None if it is granted."""
    try:
        ports.roles.assign(grant.scope, grant.role.id, principal)
    except Denied:
        command = grant_command(grant, principal)
        note = (
            f"Sluice may not grant '{grant.role.name}' itself. An administrator must run: {command}"
        )
        if grant.optional:  # the flow works without it, so there is no point in waiting
            return StepReport("unhealthy", note)
        return replace(waiting(note), person=True)
    except Refused as refused:
        if refused.code != "PrincipalNotFound":
            raise
        return waiting("The endpoint's new identity is not yet known everywhere in Azure")
    return None


def _principal(ports: Ports, endpoint: str) -> str | None:
    state = ports.workspace.endpoint(endpoint)
    return state.identity.principal_id if state is not None else None
