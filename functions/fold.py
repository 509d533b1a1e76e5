"""The state of an orchestration, what it asks activities for, and how it waits.

As in `deploy`, every branch depends on the history alone, and time is the orchestration's.
"""

from collections.abc import Callable, Generator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from durabletask import task

from shared.domain.jobs.call_report import CallReport, reports_from_json
from shared.domain.jobs.decision import EVENT
from shared.domain.jobs.ending import Ending
from shared.domain.jobs.step_report import StepFacts, StepReport
from shared.domain.release.release import Limits
from shared.domain.requests.request import JobKind, moment

type Folding[T] = Generator[Any, Any, T]

# Seconds between two looks at the same thing; the last one is kept.
_PAUSES = (0.1, 0.5, 1, 2, 3, 4, 6, 8, 12, 18, 27, 30)
# Seconds after its begin at which an operation of Azure is looked at; then at each multiple of the
# last. A job so hears of the end of a long one as soon as azure-ai-ml, which looks each 30 s.
_OPERATION = (0.1, 0.6, 1.6, 3.6, 7.0, 15.0, 30.0)
HOUR = 3600.0
# Seconds after which a job that waits renews its turn, which is a lease of 60 s.
RENEWAL = 40.0
# Seconds between two looks for a newer request: a list call each.
_LOOKS = 5.0
# Seconds for which Azure may not answer a step, and the default limit on an operation.
PATIENCE = 600.0


@dataclass
class Fold:
    """The state of one orchestration; every replay rebuilds it from the history.

    Attributes:
        decided: a person may have decided something, so the next calls look into the ledger. True
            at the start, since the engine may have lost the event.
        event: completes when somebody decides.
        done: the job has done its work: nobody can cancel it, and what is left may fail.
        going_back: the undo has begun: nobody can stop it, and it gives way to no job.
        partly: a rollout is in progress.
        looked: when a call last looked for a newer request.
        quiet: until when Azure asked not to be called.
        ahead: what the last activity has told, and was not asked for yet.
    """

    context: task.OrchestrationContext
    job: str
    endpoint: str = ""
    job_kind: JobKind | None = None
    fence: int | None = None
    limits: Limits = Limits(propagation=0.0, grant=0.0, operation=PATIENCE)
    granted_at: datetime | None = None
    moved: bool = False
    done: bool = False
    going_back: bool = False
    partly: bool = False
    written: list[str] = field(default_factory=list)
    known: dict[str, Any] = field(default_factory=dict)
    ending: Ending = field(default_factory=Ending)
    decided: bool = True
    quiet: datetime | None = None
    looked: datetime | None = None
    ahead: list[CallReport] = field(default_factory=list)
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
        """True until all traffic is moved, or the undo begins: a newer request goes first."""
        return not self.going_back and (not self.moved or self.partly)

    def looks_for_newer(self, *, moves_traffic: bool) -> bool:
        """True if the next call looks for a newer request.

        It does while it waits for the turn, before it moves traffic, after an event, and else every
        few seconds.
        """
        if not self.yields:
            return False
        now, last = self.now, self.looked
        due = last is None or now - last >= timedelta(seconds=_LOOKS)
        if due or moves_traffic or self.fence is None:
            self.looked = now
            return True
        return False

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

    def ask(
        self, name: str, key: str, tries: int, given: Callable[[], dict[str, Any]]
    ) -> Folding[StepReport]:
        """Return the report of a call: the last activity went on to it, or a new one makes it."""
        if not (self.ahead and self.ahead[0].answers(key, tries)):
            made = yield self.context.call_activity(name, input=given())
            self.ahead = reports_from_json(made, key, tries)
        made, *self.ahead = self.ahead
        return made.report

    def pause(self, number: int, asked: float | None) -> Folding[None]:
        """Wait for as long as is asked for, an hour at most, else longer with each look."""
        if not self.ahead:
            yield self._timer(number, asked, HOUR)

    def _timer(self, number: int, asked: float | None, longest: float) -> Any:
        seconds = _PAUSES[min(number, len(_PAUSES) - 1)] if asked is None else min(asked, longest)
        return self.context.create_timer(self.now + timedelta(seconds=seconds))

    def next_look(self, begun: datetime, looks: int) -> float:
        """Seconds until the next look at an operation that began then, after so many looks."""
        passed, last = (self.now - begun).total_seconds(), _OPERATION[-1]
        following = (passed // last + 1) * last
        return next((it for it in _OPERATION[looks:] if it > passed), following) - passed

    @property
    def quiet_seconds(self) -> float:
        """Seconds until Azure may be called again; a step then only keeps the turn."""
        left = self.quiet - self.now if self.quiet is not None else timedelta()
        return max(0.0, left.total_seconds())

    def rest(self, number: int, report: StepReport) -> Folding[None]:
        """Wait in the same way, or until somebody decides something.

        With the turn the wait is short, since the call after it renews the turn. A step that waits
        for a person without the turn may wait for an hour.
        """
        longest = HOUR if report.person or self.fence is None else RENEWAL
        if not self.ahead and not self.event.is_complete:
            yield task.when_any([self._timer(number, report.retry_after, longest), self.event])

    def listen(self) -> bool:
        """True if somebody has decided something that the job can still follow."""
        if self.event.is_complete:
            self.event = self.context.wait_for_external_event(EVENT)
            self.decided, self.looked = True, None
        return self.decided and not self.going_back and not self.done
