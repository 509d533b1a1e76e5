"""An engine for the orchestrator: activities and timers end at once, all is replayed.

The history is what Durable keeps: with it an orchestration is replayed from the start, as after a
crash of its host; without it, it begins again, as after the loss of the task hub.
"""

import json
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from typing import Any

from durabletask import task

from functions.deploy import deploy
from functions.job_activity import JobActivity
from shared.domain.jobs.step_call import call_from_json
from shared.domain.jobs.step_report import StepReport
from shared.ports import Ports
from shared.steps.kept_turn import RENEW
from shared.steps.lines import Lines

orchestrator: Any = deploy


class Crash(BaseException):
    """The simulated death of the host."""


def crash_at(number: int) -> Callable[[str, Any], None]:
    """Return a hook that makes the host die before that call (from 0)."""
    seen = iter(range(10_000))

    def before(name: str, given: Any) -> None:
        del name, given
        if next(seen) == number:
            raise Crash

    return before


class Stop(BaseException):
    """Ends the run of a job that goes on by itself no further."""


class Clock:
    """A clock moved by timers, and by a microsecond at each reading, so that no two are equal."""

    def __init__(self) -> None:
        self.now = datetime(2026, 1, 1, 0, 1, tzinfo=UTC)

    def __call__(self) -> datetime:
        self.now += timedelta(microseconds=1)
        return self.now


class _Asked(task.CompletableTask[Any]):
    """An activity, a timer or an event that the orchestrator has asked for."""

    def __init__(self, name: str, given: Any = None) -> None:
        super().__init__()
        self.name = name
        self.given = given


class _Context:
    def __init__(self, engine: "FakeEngine") -> None:
        self._engine = engine

    @property
    def current_utc_datetime(self) -> datetime:
        return self._engine.clock.now.replace(tzinfo=None)

    def call_activity(self, name: str, *, input: Any) -> _Asked:  # noqa: A002
        return _Asked(name, json.loads(json.dumps(input)))

    def create_timer(self, when: datetime) -> _Asked:
        return _Asked("timer", when)

    def wait_for_external_event(self, name: str) -> _Asked:
        self._engine.event = _Asked(name)
        return self._engine.event


class _Activity(JobActivity):
    """An activity that goes on as the app's does; its engine sees each call, and each pause."""

    def __init__(self, engine: "FakeEngine") -> None:
        super().__init__(engine.ports, renew=engine.renew)
        self._engine = engine

    def call(self, name: str, given: Any, lines: Lines) -> StepReport:
        whole = given if name == "publish" else asdict(call_from_json(given))
        self._engine.calls.append((name, whole))
        if self._engine.before is not None:
            self._engine.before(name, whole)
        return super().call(name, given, lines)

    def pause(self, seconds: float) -> None:
        self._engine.waits.append(round(seconds, 3))
        self._engine.clock.now += timedelta(seconds=seconds)


class FakeEngine:
    """Runs jobs on ports, one to its end.

    Args:
        ports: the fakes.
        clock: the clock of the ports.
        before: called before each call of a step with its name and input; may raise Crash.
        renew: seconds after which a running step renews its turn.

    Attributes:
        calls: the name and input of each call of a step, and of publish.
        activities: how many activities there were; one makes several calls.
        acts: an activity runs.
        waits: the seconds of each timer and pause.
    """

    def __init__(
        self,
        ports: Ports,
        clock: Clock,
        before: Callable[[str, Any], None] | None = None,
        *,
        renew: float = RENEW,
    ) -> None:
        self.renew = renew
        self.ports = ports
        self.clock = clock
        self.before = before
        self.calls: list[tuple[str, Any]] = []
        self.activities = 0
        self.acts = False
        self.waits: list[float] = []
        self.event = _Asked("event")

    def run(self, job: str) -> str:
        """Run the job and return its outcome. Raises Crash where a hook says so."""
        generator = orchestrator(_Context(self), {"job": job})
        answer: Any = None
        while True:
            try:
                asked = generator.send(answer)
            except StopIteration as end:
                return str(end.value)
            self._carry_out(asked)
            answer = asked.get_result()

    def wake(self) -> None:
        """Raise the event of a decision, as the edge does; a second one changes nothing.

        An activity that runs takes note of it within two seconds.
        """
        if self.acts:
            self.clock.now += timedelta(seconds=2)
        if not self.event.is_complete:
            self.event.complete(None)

    def _carry_out(self, asked: Any) -> None:
        if isinstance(asked, task.WhenAnyTask):
            if not asked.is_complete:
                self._carry_out(asked.get_tasks()[0])
        elif asked.name == "timer":
            self.waits.append((asked.given - self.clock.now).total_seconds())
            self.clock.now = max(self.clock.now, asked.given)
            asked.complete(None)
        else:
            asked.complete(json.loads(json.dumps(self._activity(asked.name, asked.given))))

    def _activity(self, name: str, given: Any) -> dict[str, Any]:
        self.activities += 1
        self.acts = True
        try:
            return run_activity(_Activity(self), name, given)
        finally:
            self.acts = False


def run_until(ports: Ports, clock: Clock, job: str, moment: Callable[[str, Any], bool]) -> None:
    """Run the job until the moment before an activity with such a name and input."""

    def before(name: str, given: Any) -> None:
        if moment(name, given):
            raise Stop

    with suppress(Stop):
        FakeEngine(ports, clock, before).run(job)
        raise AssertionError("The job has ended before that")


def run_activity(activity: JobActivity, name: str, given: Any) -> dict[str, Any]:
    """Run an activity as `functions.activities` does."""
    return activity.publish(given) if name == "publish" else activity.go(given)
