"""Take a decision: check that it can apply and that the caller may decide, and record it."""

from shared.domain.access.caller import Caller
from shared.domain.jobs.decision import SENDER, Decision, DecisionKind
from shared.domain.planning.step import Plan
from shared.domain.requests.request import stamp
from shared.ports import Ports
from shared.steps.decisions.approval import SETTLED
from shared.steps.decisions.permission import require_approver, require_deployer
from shared.steps.deploy.planning import kept_plan
from shared.steps.deploy.verdicts import verdicts_of

NEEDS: dict[DecisionKind, tuple[str, str]] = {
    "approve": ("approval", "waits for an approval"),
    "reject": ("approval", "waits for an approval"),
    "promote": ("bake", "is a rollout in stages"),
    "abort": ("bake", "is a rollout in stages"),
}
"""The step that a decision is about, and what it says of a job that it is one."""
_DONE: dict[DecisionKind, str] = {"approve": "approved", "reject": "rejected"}


class CannotDecide(Exception):  # noqa: N818 - named as the caller reads it
    """The decision cannot apply to the job as it is now."""


def decide(
    ports: Ports, job: str, kind: DecisionKind, *, reason: str, caller: Caller | None
) -> Decision | None:
    """Record a decision; returns the one that the ledger holds, or None if there is no such job.

    The same decision again is the first one. `caller`: None for a message, whose sender is unknown.

    Raises:
        CannotDecide: the job has ended, or it has no step that the decision is about.
        Rejected: the policy does not let the caller decide.
    """
    request = ports.ledger.request(job)
    if request is None:
        return None
    if kind in _DONE:
        require_approver(ports, request, caller)
    else:
        require_deployer(ports, request, caller)
    result = ports.ledger.read(job, "result")
    if result is not None:
        raise CannotDecide(f"Job {job} has already ended: {result['data']['outcome']}")
    plan = kept_plan(ports, job)
    if kind in NEEDS and not _has_step(plan, NEEDS[kind][0]):
        instead = f"To stop it: POST /api/jobs/{job}/cancel"
        lacks = f"No step of job {job} {NEEDS[kind][1]}"
        raise CannotDecide(f"{lacks if plan else f'Job {job} is not planned yet'}. {instead}")
    if plan is not None:
        _refuse_late(ports, job, kind, plan)
    name = caller.name if caller is not None else SENDER
    made = Decision(kind=kind, at=stamp(ports.now()), by=name, reason=reason)
    return ports.ledger.record_decision(job, made)


def _has_step(plan: Plan | None, kind: str) -> bool:
    return plan is not None and any(step.kind == kind for step in plan.steps)


def _refuse_late(ports: Ports, job: str, kind: DecisionKind, plan: Plan) -> None:
    """Raise CannotDecide if the step that the decision is about has ended otherwise.

    A rejection holds at once, an approval once the job has followed it; a rollout is over with the
    verdict on its last stage.
    """
    if kind in {"promote", "abort"}:
        stages = sum(step.kind == "bake" for step in plan.steps)
        if len(verdicts_of(ports, job, plan)) == stages:
            raise CannotDecide(f"The rollout of job {job} is over: it has its last verdict")
    if kind not in _DONE:
        return
    followed = ports.ledger.read(job, SETTLED)
    held = [Decision.model_validate(followed)] if followed is not None else []
    held += [it for it in ports.ledger.decisions(job) if it.kind == "reject"]
    if held and held[0].kind != kind:
        raise CannotDecide(f"Job {job} was {_DONE[held[0].kind]} {held[0].words}")
