"""Run one step after another: repeat each until it is settled, and keep what it reported.

As in `deploy`, every branch depends on the history alone, and time is the orchestration's.
"""

from collections.abc import Generator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from durabletask import task

from shared.domain.diagnosis.diagnosis import Signal, diagnose
from shared.domain.jobs.decision import EVENT
from shared.domain.jobs.ending import Ending
from shared.domain.jobs.step_call import StepCall, call_to_json
from shared.domain.jobs.step_report import StepFacts, StepReport, report_from_json
from shared.domain.planning.step import Step
from shared.domain.release.release import Limits
from shared.domain.requests.request import JobKind, moment

type Folding[T] = Generator[Any, Any, T]

# Seconds between two looks at the same thing; the last one is kept.
_PAUSES = (0.1, 0.5, 1, 2, 3, 4, 6, 8, 12, 18, 27, 30)
HOUR = 3600.0
# Seconds after which a job that waits renews its turn, which is a lease of 60 s.
RENEWAL = 40.0
# Seconds for which Azure may not answer a step, and the default limit on an operation.
_PATIENCE = 600.0
# Seconds for which a job waits at a held endpoint, without the turn: 30 days.
_HOLD_LIMIT = 30 * 24 * 3600.0
# Seconds for which a job waits for its turn: the longest that another may wait for a grant, twice.
_TURN_LIMIT = 8 * 3600.0
# Steps at which a job waits for a person, other than for a grant: what it is called to be too late.
_PERSON_LIMITS = {"plan": "HoldLimit", "approval": "ApprovalLimit"}


@dataclass
class Fold:
    """The state of one orchestration; every replay rebuilds it from the history.

    `decided`: a person may have decided something, so the next calls look into the ledger. True at
    the start, since the engine may have lost the event. `event`: completes when somebody decides.
    `going_back`: the undo has begun, and nobody can stop it. `partly`: a rollout is in progress.
    `quiet`: until when Azure asked not to be called.
    """

    context: task.OrchestrationContext
    job: str
    endpoint: str = ""
    job_kind: JobKind | None = None
    fence: int | None = None
    limits: Limits = Limits(propagation=0.0, grant=0.0, operation=_PATIENCE)
    granted_at: datetime | None = None
    moved: bool = False
    going_back: bool = False
    partly: bool = False
    written: list[str] = field(default_factory=list)
    known: dict[str, Any] = field(default_factory=dict)
    ending: Ending = field(default_factory=Ending)
    decided: bool = True
    quiet: datetime | None = None
    event: Any = field(init=False)

    def __post_init__(self) -> None:
        """Listen from the start: a decision may come while an activity runs."""
        self.event = self.context.wait_for_external_event(EVENT)

    @property
    def now(self) -> datetime:
        now = self.context.current_utc_datetime
        return now if now.tzinfo is not None else now.replace(tzinfo=UTC)

    @property
    def yields(self) -> bool:
        """True until all traffic is moved: then the job gives way to a newer request."""
        return not self.moved or self.partly

    @property
    def in_force(self) -> datetime | None:
        """When the newest grant must be in force; None if nothing was granted."""
        if self.granted_at is None:
            return None
        return self.granted_at + timedelta(seconds=self.limits.propagation)

    def remember(self, facts: StepFacts) -> None:
        """Keep what a step reported: for later steps, for the undo, and for the result."""
        self.known.update(facts.known)
        if facts.moved:
            self.moved, self.partly = True, facts.partly
        granted = moment(facts.granted_at)
        if granted is not None:
            self.granted_at = max(granted, self.granted_at or granted)
        self.ending = self.ending.joined(facts.ending)

    def warn(self, warning: str) -> None:
        self.ending = self.ending.joined(Ending(warnings=(warning,)))

    def pause(self, number: int, asked: float | None, longest: float = RENEWAL) -> Any:
        """Return a durable timer: as long as the step wants, else longer with each look."""
        seconds = _PAUSES[min(number, len(_PAUSES) - 1)] if asked is None else min(asked, longest)
        return self.context.create_timer(self.now + timedelta(seconds=seconds))

    @property
    def quiet_seconds(self) -> float:
        """Seconds until Azure may be called again; a step then only keeps the turn."""
        left = self.quiet - self.now if self.quiet is not None else timedelta()
        return max(0.0, left.total_seconds())

    def rest(self, number: int, report: StepReport) -> Folding[None]:
        """Wait for such a timer, or until somebody decides something.

        With the turn it is short, since the call after it renews the turn. A step that waits for a
        person without the turn may wait for an hour.
        """
        longest = HOUR if report.person or self.fence is None else RENEWAL
        if not self.event.is_complete:
            yield task.when_any([self.pause(number, report.retry_after, longest), self.event])

    def listen(self) -> bool:
        """True if somebody has decided something that the job can still follow."""
        if self.event.is_complete:
            self.event = self.context.wait_for_external_event(EVENT)
            self.decided = True
        return self.decided and not self.going_back


@dataclass
class _Tries:
    """Counts how often a step was called.

    `tries`: all calls. `attempt`: 1, and one more for each denial. `looks`: calls since the last
    denial; it sets the pause before the next.

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
            self.since = now
        self.operation, self.own = operation, report.own
        if operation is None and self.own:
            self.carried_out(now)

    def denied(self) -> None:
        """Start the step anew: what it began was denied."""
        self.operation, self.own, self.written = None, False, False
        self.attempt, self.looks = self.attempt + 1, -1


def settle(fold: Fold, step: Step, key: str) -> Folding[StepReport]:
    """Repeat a step, with pauses, until it is settled or has waited for too long."""
    on, started = _Tries(fold.now), fold.now
    while True:
        report = report_from_json((yield _call(fold, step, key, on)))
        status = report.status
        if status == "resting":
            yield from fold.rest(0, replace(report, retry_after=fold.quiet_seconds))
            continue
        if status == "unavailable" and report.retry_after:
            fold.quiet = fold.now + timedelta(seconds=report.retry_after)
        if on.operation is not None and status == "ok":
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
        if fold.now - (on.silent or started) > timedelta(seconds=_limit(fold, step, report)):
            return _out_of_time(step, report)
        yield from fold.rest(on.looks if on.looks >= 0 else on.attempt, report)
        on.tries, on.looks = on.tries + 1, on.looks + 1
        on.said, on.person = report.note, report.person


def _call(fold: Fold, step: Step, key: str, on: _Tries) -> Any:
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
        yields=fold.yields,
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
        decided=fold.listen() and not (step.optional and fold.moved),
    )
    activity = "poll" if on.operation is not None else "step"
    name = "prepare" if key == "prepare" else activity
    return fold.context.call_activity(name, input=call_to_json(given))


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
    return fold.limits.operation if report.status == "waiting" else _PATIENCE


def _out_of_time(step: Step, report: StepReport) -> StepReport:
    """The limit is reached: for a person, Azure's silence, or an operation that does not end."""
    code = {"unavailable": "Unreachable"}.get(report.status, "TimeLimit")
    if report.person:
        code = _PERSON_LIMITS.get(step.kind, "GrantLimit")
    found = diagnose(Signal(code, report.note, step=step.title))
    return replace(report, status="unhealthy", diagnosis=found)
