"""Why a decision cannot apply to a job, and what can be done instead."""

from collections.abc import Mapping
from typing import Any

from shared.domain.how_to import how_to
from shared.domain.jobs.decision import Decision, DecisionKind
from shared.domain.jobs.result import WELL
from shared.domain.planning.step import Plan
from shared.domain.requests.request import DeployRequest
from shared.ports import Ports
from shared.steps.decisions.approval import SETTLED
from shared.steps.decisions.permission import endpoint_of_job
from shared.steps.deploy.planning import kept_plan
from shared.steps.deploy.verdicts import verdicts_of

NEEDS: dict[DecisionKind, tuple[str, str]] = {
    "approve": ("approval", "waits for an approval"),
    "reject": ("approval", "waits for an approval"),
    "promote": ("bake", "is a rollout in stages"),
    "abort": ("bake", "is a rollout in stages"),
}
"""The step that a decision is about, and what it says of a job that it is one."""
PERSONS: dict[DecisionKind, str] = {"approve": "approved", "reject": "rejected"}
"""The decisions of approvers, and what has become of the job."""


class CannotDecide(Exception):  # noqa: N818 - named as the caller reads it
    """The decision cannot apply to the job as it is now.

    `cause`, and `remedy`, which may be empty, are one sentence each without the full stop.
    """

    def __init__(self, cause: str, remedy: str = "") -> None:
        super().__init__(f"{cause}. {remedy}" if remedy else cause)
        self.cause, self.remedy = cause, remedy


def refuse_decision(ports: Ports, request: DeployRequest, kind: DecisionKind) -> None:
    """Raise CannotDecide if the job has ended, or has no step that the decision is about."""
    job, plan = request.job, kept_plan(ports, request.job)
    result = ports.ledger.read(job, "result")
    if result is not None:
        raise _has_ended(request, result["data"])
    if kind in NEEDS and not _has_step(plan, NEEDS[kind][0]):
        lacks = f"No step of job {job} {NEEDS[kind][1]}" if plan else f"Job {job} has no plan yet"
        raise CannotDecide(lacks, _to_stop(job))
    if plan is None:
        return
    if not plan.steps:
        raise CannotDecide(f"Job {job} has nothing to change, and ends now")
    if kind in {"promote", "abort"}:
        _refuse_late_verdict(ports, job, plan)
    if kind in PERSONS:
        _refuse_second_thought(ports, job, kind)


def refuse_retry(ports: Ports, request: DeployRequest) -> None:
    """Raise CannotDecide if the job has not ended, or cannot be tried again."""
    job = request.job
    if ports.ledger.read(job, "result") is None:
        raise CannotDecide(f"Job {job} has not ended", _to_stop(job))
    endpoint = endpoint_of_job(ports, request)
    if request.kind == "removal":
        again = how_to("delete", endpoint)
        raise CannotDecide(f"Job {job} is a deletion", f"To ask for it anew: {again}")
    if request.is_rollback:
        raise CannotDecide(f"Job {job} is a rollback", _to_roll_back_anew(endpoint))
    if request.findings:
        raise CannotDecide(f"Job {job} kept no package", "Correct its request and send it anew")


def job_is_done(ports: Ports, request: DeployRequest) -> CannotDecide:
    """The refusal of a cancel that came after the job had done its work."""
    if request.kind == "removal":
        return CannotDecide(f"Job {request.job} has begun to delete, and goes on to its end")
    endpoint = endpoint_of_job(ports, request)
    return CannotDecide(f"Job {request.job} has done its work already", _to_go_back(endpoint))


def _has_ended(request: DeployRequest, data: Mapping[str, Any]) -> CannotDecide:
    cause, remedy = f"Job {request.job} has already ended: {data['outcome']}", ""
    if request.kind == "removal" or request.findings:
        return CannotDecide(cause)
    if data["outcome"] in WELL:
        remedy = _to_go_back(data["endpoint"])
    elif request.is_rollback:
        remedy = _to_roll_back_anew(data["endpoint"])
    else:
        remedy = f"To try it again: {how_to('retry', request.job)}"
    return CannotDecide(cause, remedy)


def _refuse_late_verdict(ports: Ports, job: str, plan: Plan) -> None:
    """A rollout is over with the verdict on its last stage."""
    stages = sum(step.kind == "bake" for step in plan.steps)
    if sum(it["stage"] > 0 for it in verdicts_of(ports, job, plan)) == stages:
        over = f"The rollout of job {job} is over: it has its last verdict"
        raise CannotDecide(over, _to_stop(job))


def _refuse_second_thought(ports: Ports, job: str, kind: DecisionKind) -> None:
    """A rejection holds at once, an approval once the job has followed it."""
    followed = ports.ledger.read(job, SETTLED)
    held = [Decision.model_validate(followed)] if followed is not None else []
    held += [it for it in ports.ledger.decisions(job) if it.kind == "reject"]
    if held and held[0].kind != kind:
        remedy = _to_stop(job) if held[0].kind == "approve" else ""
        raise CannotDecide(f"Job {job} was {PERSONS[held[0].kind]} {held[0].words}", remedy)


def _has_step(plan: Plan | None, kind: str) -> bool:
    return plan is not None and any(step.kind == kind for step in plan.steps)


def _to_stop(job: str) -> str:
    return f"To stop it: {how_to('cancel', job)}"


def _to_go_back(endpoint: str) -> str:
    return f"To go back to the release before it: {how_to('rollback', endpoint)}"


def _to_roll_back_anew(endpoint: str) -> str:
    return f"To ask for it anew: {how_to('rollback', endpoint)}"
