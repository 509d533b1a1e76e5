"""Judges a denial: a permission that was granted recently may not be in force yet.

The role that the denied action needs is looked up at its scope. If nobody granted it, the job fails
at once and names it; if it is granted, the job waits until it must be in force.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from shared.domain.access.roles import (
    UNKNOWN_SCOPE,
    Grant,
    Role,
    RoleAssignment,
    covers,
    grant_command,
    role_name,
)
from shared.domain.diagnosis.diagnosis import Diagnosis
from shared.domain.failure import AzureFailure, Unavailable
from shared.domain.jobs.step_call import StepCall
from shared.domain.jobs.step_report import StepReport
from shared.domain.planning.role_grants import known_grants
from shared.domain.requests.request import moment
from shared.ports import Ports
from shared.steps.deploy.kept_release import release_of
from shared.steps.deploy.planning import observe
from shared.steps.deploy.rights import effective_assignments, observe_rights


def judge_denial(ports: Ports, call: StepCall, report: StepReport) -> StepReport:
    """Return the report; turn a denial into 'not yet' or into a failure with a remedy.

    Raises Unavailable if Azure does not list role assignments now.
    """
    found = report.diagnosis
    if report.status != "denied" or found is None:
        return report
    try:
        rights = _rights(ports, call, found)
    except Unavailable:
        raise
    except (AzureFailure, LookupError):  # without a list, judge by the job's own grants
        return in_force(report, moment(call.until), ports.now())
    if rights.missing or not rights.held:
        return replace(report, status="unhealthy", diagnosis=_ungranted(found, rights))
    granted = max(filter(None, (moment(it.created_on) for it in rights.held)), default=None)
    window = timedelta(seconds=ports.limits.propagation)
    return in_force(report, granted + window if granted else None, ports.now())


def in_force(report: StepReport, until: datetime | None, now: datetime) -> StepReport:
    """Return a denial as 'not yet' before `until`, and as a failure from then on.

    Args:
        report: the denial.
        until: when the newest grant must be in force; None if nothing was granted.
        now: the time.
    """
    if until is None:
        return replace(report, status="unhealthy")
    if now < until:
        note = (
            "The permission is granted and not yet in force, which can take 20 minutes: "
            f"{report.note}. It is tried again until {until:%H:%M:%S} UTC"
        )
        return replace(report, note=note)
    return replace(report, status="unhealthy", diagnosis=_late(report, until, now))


@dataclass(frozen=True)
class _Rights:
    """The grants that a denied action needs: missing ones, and assignments that give the others."""

    principal: str
    missing: tuple[Grant, ...]
    held: tuple[RoleAssignment, ...]


def _rights(ports: Ports, call: StepCall, found: Diagnosis) -> _Rights:
    release = release_of(ports, call.job)
    observed = observe_rights(ports, release, observe(ports, release))
    principal = observed.identity.principal_id or ""
    missing, held = list[Grant](), list[RoleAssignment]()
    for grant in known_grants(release, observed):
        if not _is_needed(grant, found.needs):
            continue
        assignments = effective_assignments(ports, grant.scope, principal)
        giving = [it for it in assignments if covers(it, grant, principal)]
        held += giving
        if not giving and grant not in missing:
            missing.append(grant)
    return _Rights(principal, tuple(missing), tuple(held))


def _is_needed(grant: Grant, needs: Iterable[str]) -> bool:
    return grant.role.id in needs or (bool(grant.action) and grant.action in needs)


def _ungranted(found: Diagnosis, rights: _Rights) -> Diagnosis:
    """Add the command that grants the missing role, with a placeholder for an unknown resource."""
    commands = [
        f"The endpoint's identity lacks '{it.role.name}' on {it.scope}; an administrator runs: "
        f"{grant_command(it, rights.principal)}"
        for it in {(it.role.id, it.scope): it for it in rights.missing}.values()
    ]
    if commands:
        return replace(found, remedy=". ".join([*commands, f"Then redeploy. {found.remedy}"]))
    roles = [Role(role_name(it), it) for it in found.needs if role_name(it) != it]
    if not roles:
        return found
    command = grant_command(Grant(roles[0], UNKNOWN_SCOPE, ""), rights.principal)
    remedy = f"{found.remedy}. With the id of that resource an administrator runs: {command}"
    return replace(found, remedy=f"{remedy}. Then redeploy")


def _late(report: StepReport, when: datetime, now: datetime) -> Diagnosis | None:
    found = report.diagnosis
    if found is None:
        return None
    if now - when > timedelta(days=1):
        remedy = (
            f"The role is granted, and was in force by {when:%Y-%m-%d}: look for what else denies "
            "it (a deny assignment, a network rule, another resource than the one that has the "
            f"role), then redeploy. {found.remedy}"
        )
    else:
        remedy = (
            f"The role was granted and was not in force by {when:%H:%M:%S} UTC: redeploy later, or "
            "raise PROPAGATION_MINUTES. A role through a group can take a day. If it was taken "
            f"away meanwhile: {found.remedy}"
        )
    return replace(found, remedy=remedy)
