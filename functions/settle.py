"""Repeat a step, with pauses, until it is settled or has waited for too long.

As in `deploy`, every branch depends on the history alone, and time is the orchestration's.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from functions.fold import PATIENCE, Fold, Folding
from shared.domain.diagnosis.diagnosis import Signal, diagnose
from shared.domain.jobs.step_call import StepCall, call_to_json
from shared.domain.jobs.step_report import StepReport
from shared.domain.planning.step import Step

# Seconds for which a job waits at a held endpoint, without the turn: 30 days.
_HOLD_LIMIT = 30 * 24 * 3600.0
# Seconds for which a job waits for its turn: the longest that another may wait for a grant, twice.
_TURN_LIMIT = 8 * 3600.0
# Steps at which a job waits for a person, other than for a grant: what it is called to be too late.
_PERSON_LIMITS = {"plan": "HoldLimit", "approval": "ApprovalLimit"}


@dataclass
class Tries:
    """Counts how often a step was called.

    `tries`: all calls. `attempt`: 1, and one more for each denial. `looks`: calls since the last
    denial, or since an operation was first seen; it sets the pause before the next.

    `silent`: since when Azure has not answered; `since`, `own`, `written`: as in `StepCall`.
    """

    since: datetime
    attempt: int = 1
    tries: int = 1
    looks: int = 0
    operation: str | None = None
    own: bool = False
    written: bool = False
    silent: datetime | None = None
    said: str = ""
    person: bool = False

    def carried_out(self, now: datetime) -> None:
        """Note that the write is done: its operation succeeded, or there was none to wait for."""
        self.written, self.own = self.written or self.own, False
        self.operation, self.since = None, now

    def waits(self, report: StepReport, now: datetime) -> None:
        """Note what the step waits for: an operation, or something else."""
        operation = report.operation
        if operation is not None and operation != self.operation:
            self.since, self.looks = now, 0
        self.operation, self.own = operation, report.own
        if operation is None and self.own:
            self.carried_out(now)

    def denied(self) -> None:
        """Start the step anew: what it began was denied."""
        self.operation, self.own, self.written = None, False, False
        self.attempt, self.looks = self.attempt + 1, -1


def settle(
    fold: Fold, step: Step, key: str, *, last: bool = False, begun: Tries | None = None
) -> Folding[StepReport]:
    """Repeat a step, with pauses, until it is settled or has waited for too long.

    `last`: with this step the job has done its work. `begun`: where the step stands, if it has
    begun.
    """
    on, started = begun or Tries(fold.now), fold.now
    while True:
        activity = "poll" if on.operation is not None else "step"
        name = "prepare" if key == "prepare" else activity
        call = partial(_call, fold, step, key, on, last=last)
        report = yield from fold.ask(name, key, on.tries, call)
        status = report.status
        if status == "resting":
            yield from fold.rest(0, replace(report, retry_after=fold.quiet_seconds))
            continue
        if status == "unavailable" and report.retry_after:
            asked = fold.now + timedelta(seconds=report.retry_after)
            fold.quiet = max(asked, fold.quiet or asked)
        if on.operation is not None and status == "ok" and not report.settled:
            on.carried_out(fold.now)
            on.tries, on.silent = on.tries + 1, None
            continue
        on.silent = (on.silent or fold.now) if status == "unavailable" else None
        if status == "denied":
            on.denied()
        elif status == "waiting":
            on.waits(report, fold.now)
            if report.own and step.kind not in fold.written:
                fold.written.append(step.kind)
        elif status != "unavailable":
            return report
        late = (on.silent or started) + timedelta(seconds=_limit(fold, step, report))
        if fold.now > late and not fold.ahead:
            return _out_of_time(step, report)
        report = _in_time(report, fold, on, late)
        yield from fold.rest(on.looks if on.looks >= 0 else on.attempt, report)
        on.tries, on.looks = on.tries + 1, on.looks + 1
        on.said, on.person = report.note, report.person


def _call(fold: Fold, step: Step, key: str, on: Tries, *, last: bool) -> dict[str, Any]:
    decided = fold.listen()
    given = StepCall(
        job=fold.job,
        endpoint=fold.endpoint,
        kind=step.kind,
        key=key,
        title=step.title,
        arguments=step.arguments,
        attempt=on.attempt,
        tries=on.tries,
        fence=fold.fence,
        yields=fold.looks_for_newer(
            moves_traffic=step.kind == "set_traffic" and on.operation is None
        ),
        operation=on.operation,
        own=on.own,
        written=on.written,
        since=on.since.isoformat(),
        said=on.said,
        person=on.person,
        job_kind=fold.job_kind,
        until=fold.in_force.isoformat() if fold.in_force is not None else None,
        known=fold.known,
        rests=fold.quiet_seconds > 0,
        decided=decided,
        last=last,
        done=fold.done,
        moved=fold.moved,
        partly=fold.partly,
        limits=fold.limits,
    )
    return call_to_json(given)


def _in_time(report: StepReport, fold: Fold, on: Tries, late: datetime) -> StepReport:
    """Let a job look when the operation may have ended.

    One that waits for a person looks once more as soon as it has waited for too long.
    """
    if report.retry_after is None:
        left = fold.next_look(on.since, on.looks) if report.operation is not None else None
        return replace(report, retry_after=left)
    if not report.person:
        return report
    left = (late - fold.now).total_seconds() + 0.1
    return replace(report, retry_after=min(report.retry_after, left))


def _limit(fold: Fold, step: Step, report: StepReport) -> float:
    """Seconds for which the step may go on waiting as it does now."""
    if report.person and step.kind == "plan":
        return _HOLD_LIMIT
    if report.person:
        return fold.limits.grant
    if step.kind == "plan":
        return _TURN_LIMIT
    if step.kind == "bake" and report.status in {"waiting", "unavailable"}:
        return float(step.arguments["limit"])
    if report.status == "denied":
        return fold.limits.propagation + fold.limits.operation
    return fold.limits.operation if report.status == "waiting" else PATIENCE


def _out_of_time(step: Step, report: StepReport) -> StepReport:
    """The limit is reached: for a person, Azure's silence, or an operation that does not end."""
    code = {"unavailable": "Unreachable"}.get(report.status, "TimeLimit")
    if report.person:
        code = _PERSON_LIMITS.get(step.kind, "GrantLimit")
    found = diagnose(Signal(code, report.note, step=step.title))
    return replace(report, status="unhealthy", diagnosis=found)
