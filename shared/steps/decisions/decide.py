"""Take a decision: check that it can apply and that the caller may decide, and record it."""

from shared.domain.access.caller import Caller
from shared.domain.access.policy import refusal, refused_caller
from shared.domain.errors import rejected
from shared.domain.jobs.decision import Decision, DecisionKind
from shared.domain.jobs.result import endpoint_of
from shared.domain.planning.step import Plan
from shared.domain.release.release import from_json
from shared.domain.requests.request import DeployRequest, stamp
from shared.ports import Ports
from shared.steps.deploy.placement import placement
from shared.steps.deploy.planning import kept_plan

NEEDS: dict[DecisionKind, tuple[str, str]] = {
    "approve": ("approval", "waits for an approval"),
    "reject": ("approval", "waits for an approval"),
    "promote": ("bake", "is a rollout in stages"),
    "abort": ("bake", "is a rollout in stages"),
}
"""The step that a decision is about, and what it says of a job that it is one."""


class CannotDecide(Exception):  # noqa: N818 - named as the caller reads it
    """The decision cannot apply to the job as it is now."""


def decide(
    ports: Ports, job: str, kind: DecisionKind, *, reason: str, caller: Caller
) -> Decision | None:
    """Record a decision; returns the one that the ledger holds, or None if there is no such job.

    Raises:
        CannotDecide: the job has ended, or it has no step that the decision is about.
        Rejected: the policy does not let the caller decide.
    """
    request = ports.ledger.request(job)
    if request is None:
        return None
    _allow(ports, request, caller)
    result = ports.ledger.read(job, "result")
    if result is not None:
        raise CannotDecide(f"Job {job} has already ended: {result['data']['outcome']}")
    plan = kept_plan(ports, job)
    if kind in NEEDS and not _has_step(plan, NEEDS[kind][0]):
        instead = f"To stop it: POST /api/jobs/{job}/cancel"
        raise CannotDecide(f"No step of job {job} {NEEDS[kind][1]}. {instead}")
    made = Decision(kind=kind, at=stamp(ports.now()), by=caller.name, reason=reason)
    return ports.ledger.record_decision(job, made)


def _has_step(plan: Plan | None, kind: str) -> bool:
    return plan is not None and any(step.kind == kind for step in plan.steps)


def _allow(ports: Ports, request: DeployRequest, caller: Caller) -> None:
    """Raise Rejected if the caller may not deploy to the job's endpoint.

    Until the package has been read the endpoint is not known; then a rule for its folder must allow
    the caller.
    """
    kept = ports.ledger.read(request.job, "release")
    endpoint = endpoint_of(request, from_json(kept) if kept is not None else None)
    path = str(getattr(request.source, "path", ""))
    place = placement(ports, path, endpoint, caller)
    why = refusal(ports.policy, place) if endpoint else refused_caller(ports.policy, place)
    if why is not None:
        raise rejected(f"job {request.job}", why, "Ask the operator for a rule")
