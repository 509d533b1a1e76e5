"""The output of one activity. Errors are data, so that the orchestrator can decide by value."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Literal

from pydantic import TypeAdapter

from shared.domain.diagnosis.diagnosis import Diagnosis
from shared.domain.jobs.ending import Ending
from shared.domain.planning.step import Step
from shared.domain.requests.request import JobKind

Status = Literal[
    "ok",  # the state that the step ensures is reached
    "waiting",  # an operation runs, or somebody else must act first
    "unavailable",  # Azure did not answer: repeat the call later
    "denied",  # a permission is missing, or has not taken effect yet
    "rejected",  # the request is impossible: nothing was written
    "unhealthy",  # it failed: roll back
    "superseded",  # a newer request needs the endpoint, or the turn is lost
    "canceled",  # a person stopped the job: roll back
    "resting",  # nothing was done but to keep the turn, since Azure asked for quiet
    "done",  # the job already has its result
]


DECISION_LOOKS = 300.0
"""Seconds between two looks of a job that waits for a person's decision."""


@dataclass(frozen=True)
class StepFacts:
    """What the orchestrator needs of a step's outcome. Each field belongs to the steps named.

    Args:
        endpoint: `prepare`: the endpoint that the job changes.
        job_kind: `prepare`: which table the job's further steps stand in.
        propagation: `prepare`: seconds until a granted role must be in force.
        grant: `prepare`: seconds for which the job waits for a person to grant a role.
        operation: `prepare`: seconds for which it waits for an operation of Azure.
        steps: `plan`, `undo`: the steps to run, in order.
        fence: `plan`: the number of the turn that the job got.
        granted_at: `plan`, `ensure_role_assignment`: when the newest role was granted (ISO 8601).
        moved: `undo`, `set_traffic`: traffic was moved.
        partly: `set_traffic`: a rollout is in progress, so a newer request still goes first.
        known: what later steps of the job need not ask Azure for again.
        ending: the step's contribution to the result.
        decided: `prepare`: a person has decided something, before this orchestration began.
        older: `prepare`: jobs that must give way to this one, and are to be woken.
        by: superseded: the newer job.
        lost: superseded: the job lost its turn, so it undoes nothing.
        outcome: `publish`: the job's outcome.
    """

    endpoint: str = ""
    job_kind: JobKind | None = None
    propagation: float = 0.0
    grant: float = 0.0
    operation: float = 600.0
    steps: tuple[Step, ...] = ()
    fence: int | None = None
    granted_at: str | None = None
    moved: bool = False
    partly: bool = False
    known: Mapping[str, Any] = field(default_factory=dict)
    ending: Ending = field(default_factory=Ending)
    decided: bool = False
    older: tuple[str, ...] = ()
    by: str | None = None
    lost: bool = False
    outcome: str = ""


@dataclass(frozen=True)
class StepReport:
    """The outcome of one activity.

    Args:
        status: see `Status`.
        note: what the step waits for or has done, for people.
        operation: the status URL of the long-running operation to poll.
        own: that operation is what the step ensures, not one that it found under way; without a
            URL, it was carried out at once.
        retry_after: seconds until asking again makes sense; None leaves it to the caller.
        person: true where a person must act (a grant): another time limit holds.
        facts: for the orchestrator.
        diagnosis: why it failed.
        findings: what is wrong with what was dropped, as plain dicts.
        settled: the poll has seen what the step ensures, so that the step need not run again.
    """

    status: Status
    note: str = ""
    operation: str | None = None
    own: bool = False
    retry_after: float | None = None
    person: bool = False
    facts: StepFacts = field(default_factory=StepFacts)
    diagnosis: Diagnosis | None = None
    findings: tuple[dict[str, Any], ...] = ()
    settled: bool = False


def ok(note: str = "", facts: StepFacts | None = None) -> StepReport:
    return StepReport("ok", note, facts=facts or StepFacts())


def settled(facts: StepFacts | None = None) -> StepReport:
    """Report that the operation is done, and with it the step."""
    return StepReport("ok", facts=facts or StepFacts(), settled=True)


def waiting(
    note: str,
    *,
    operation: str | None = None,
    own: bool = False,
    retry_after: float | None = None,
) -> StepReport:
    return StepReport("waiting", note, operation=operation, own=own, retry_after=retry_after)


def waiting_for_decision(note: str) -> StepReport:
    """Wait for a person whose decision wakes the job; a newer job's request wakes it, too.

    The looks in between are for events that were lost.
    """
    return StepReport("waiting", note, person=True, retry_after=DECISION_LOOKS)


def unhealthy(diagnosis: Diagnosis) -> StepReport:
    return StepReport("unhealthy", diagnosis.cause, diagnosis=diagnosis)


@cache
def _report_adapter() -> TypeAdapter[StepReport]:
    """Built when first needed: it takes longer than the rest of the import."""
    return TypeAdapter(StepReport)


def report_to_json(report: StepReport) -> dict[str, Any]:
    """Without what has its default: histories keep it."""
    plain: dict[str, Any] = _report_adapter().dump_python(
        report, mode="json", exclude_defaults=True
    )
    return plain


def report_from_json(plain: Mapping[str, Any]) -> StepReport:
    """Read a report, also that of an older version: fields it lacks have defaults."""
    return _report_adapter().validate_python(plain)
