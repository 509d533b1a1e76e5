"""What an activity says back: errors are data, so that the orchestrator can decide by value."""

from dataclasses import dataclass, field
from functools import cache
from typing import Any, Literal

from pydantic import TypeAdapter

from shared.domain.diagnosis.diagnosis import Diagnosis

Status = Literal[
    "ok",  # what the step ensures holds
    "waiting",  # not yet: an operation runs, or somebody else must act first
    "unavailable",  # Azure did not answer: the same call again later
    "denied",  # a permission is missing that may not be in force yet
    "rejected",  # what was asked cannot be: nothing was written
    "unhealthy",  # it failed, and the way back must be gone
    "superseded",  # a newer request wants the endpoint, or the turn is lost
    "done",  # the job has its result already
]


@dataclass(frozen=True)
class StepReport:
    """The outcome of one activity.

    Args:
        status: see `Status`.
        note: for people, what is being waited for or what was done.
        operation: the status URL of the long-running operation to poll.
        own: that operation is what the step ensures, not one that it found under way; without a
            URL, it was carried out at once.
        retry_after: seconds until asking again makes sense; None leaves it to the caller.
        person: true where a person must act (a grant): another time limit holds.
        facts: for the orchestrator. Of a step in a plan: `known` for later steps, `ending` for the
            result (lists are added up), `granted_at` of a role, `moved` where traffic was.
        diagnosis: why it failed.
        findings: what is wrong with what was dropped, as plain dicts.
    """

    status: Status
    note: str = ""
    operation: str | None = None
    own: bool = False
    retry_after: float | None = None
    person: bool = False
    facts: dict[str, Any] = field(default_factory=dict)
    diagnosis: Diagnosis | None = None
    findings: tuple[dict[str, Any], ...] = ()


def ok(note: str = "", **facts: Any) -> StepReport:
    return StepReport("ok", note, facts=facts)


def waiting(
    note: str,
    *,
    operation: str | None = None,
    own: bool = False,
    retry_after: float | None = None,
) -> StepReport:
    return StepReport("waiting", note, operation=operation, own=own, retry_after=retry_after)


def unhealthy(diagnosis: Diagnosis) -> StepReport:
    return StepReport("unhealthy", diagnosis.cause, diagnosis=diagnosis)


@cache
def _report_adapter() -> TypeAdapter[StepReport]:
    """Built when first needed: it takes longer than the rest of the import."""
    return TypeAdapter(StepReport)


def report_to_json(report: StepReport) -> dict[str, Any]:
    plain: dict[str, Any] = _report_adapter().dump_python(report, mode="json")
    return plain
