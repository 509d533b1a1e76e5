"""A job's fold inside one activity: the same way as the orchestrator's, from where the job stands.

Its clock is the app's. Nobody can wake it, so it looks for decisions every second.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from durabletask import task

from functions.deploy import carry_out, plan, run_job
from functions.fold import Fold, Folding
from functions.settle import Tries, settle
from shared.domain.jobs.step_call import StepCall
from shared.domain.jobs.step_report import StepReport
from shared.domain.planning.step import Step

_LOOKS = timedelta(seconds=1)
"""A decision takes effect within two seconds, whatever a job is about to do."""


@dataclass(frozen=True)
class Call:
    """A call that the fold asks for, as in `Fold.ask`."""

    name: str
    key: str
    tries: int
    given: dict[str, Any]


class Timer(task.CompletableTask[Any]):
    """A timer that the fold asks for."""

    def __init__(self, until: datetime) -> None:
        super().__init__()
        self.until = until


class _Context:
    """What a fold needs of an orchestration's context."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now

    @property
    def current_utc_datetime(self) -> datetime:
        return self._now()

    def create_timer(self, when: datetime) -> Timer:
        return Timer(when)

    def wait_for_external_event(self, name: str) -> task.CompletableTask[Any]:
        del name
        return task.CompletableTask()


@dataclass
class _ActivityFold(Fold):
    """`heard`: when it last looked for decisions."""

    heard: datetime = field(kw_only=True)

    def ask(
        self, name: str, key: str, tries: int, given: Callable[[], dict[str, Any]]
    ) -> Folding[StepReport]:
        report: StepReport = yield Call(name, key, tries, given())
        return report

    def listen(self) -> bool:
        """True every second, for as long as somebody may decide."""
        now = self.now
        if not self.decided and now - self.heard < _LOOKS:
            return False
        self.heard = now
        return not self.going_back and not self.done


def way_from(
    call: StepCall, now: Callable[[], datetime], steps: Callable[[], Sequence[Step]]
) -> Folding[Any]:
    """The way of the job from a call on, beginning with that call.

    It leads to the end of the plan, and to the end of the job if it begins with the job. `steps`:
    the plan's. An undo is taken step by step: each begins with what the orchestrator knows.
    """
    fold, begun = _fold(call, now), _tries(call, now)
    name, _, number = call.key.partition("-")
    if name == "prepare":
        return run_job(fold, begun)
    if name == "plan":
        return plan(fold, begun)
    if name == "step" and (planned := steps()):
        return carry_out(fold, planned, int(number), begun)
    step = Step(call.kind, call.title, call.arguments)  # type: ignore[arg-type]
    return settle(fold, step, call.key, last=call.last, begun=begun)


def _fold(call: StepCall, now: Callable[[], datetime]) -> Fold:
    until = datetime.fromisoformat(call.until) if call.until is not None else None
    fold = _ActivityFold(
        _Context(now),  # type: ignore[arg-type]
        call.job,
        endpoint=call.endpoint,
        job_kind=call.job_kind,
        fence=call.fence,
        moved=call.moved,
        partly=call.partly,
        done=call.done,
        going_back=call.key.startswith("undo"),
        known=dict(call.known),
        decided=call.decided,
        looked=now(),
        heard=now(),
    )
    fold.limits = call.limits or fold.limits
    if until is not None:
        fold.granted_at = until - timedelta(seconds=fold.limits.propagation)
    return fold


def _tries(call: StepCall, now: Callable[[], datetime]) -> Tries:
    return Tries(
        since=now() if call.since is None else datetime.fromisoformat(call.since),
        attempt=call.attempt,
        tries=call.tries,
        looks=call.tries - 1,
        operation=call.operation,
        own=call.own,
        written=call.written,
        said=call.said,
        person=call.person,
    )
