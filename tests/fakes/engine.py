"""An engine for the orchestrator: activities and timers end at once, all is replayed.

The history is what Durable keeps: with it an orchestration is replayed from the start, as after a
crash of its host; without it, it begins again, as after the loss of the task hub.
"""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from durabletask import task

from functions.deploy import deploy
from shared.domain.failure import AzureFailure
from shared.domain.jobs.ending import ending_from_json
from shared.domain.jobs.step_call import call_from_json
from shared.domain.jobs.step_report import StepFacts, ok, report_to_json
from shared.ports import Ports
from shared.steps.kept_turn import RENEW
from shared.steps.publish import publish
from shared.steps.run import run, unavailable

orchestrator: Any = deploy


class Crash(BaseException):
    """The simulated death of the host."""


def crash_at(number: int) -> Callable[[str, Any], None]:
    """Return a hook that makes the host die before that activity (from 0)."""
    seen = iter(range(10_000))

    def before(name: str, given: Any) -> None:
        del name, given
        if next(seen) == number:
            raise Crash

    return before


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


class FakeEngine:
    """Runs jobs on ports, one to its end.

    Args:
        ports: the fakes.
        clock: the clock of the ports.
        before: called before each activity with its name and input; may raise Crash.
        renew: seconds after which a running step renews its turn.
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
        """Raise the event of a decision, as the edge does; a second one changes nothing."""
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
            self.calls.append((asked.name, asked.given))
            if self.before is not None:
                self.before(asked.name, asked.given)
            asked.complete(json.loads(json.dumps(self._activity(asked.name, asked.given))))

    def _activity(self, name: str, given: Any) -> dict[str, Any]:
        return run_activity(self.ports, name, given, self.renew)


def run_activity(ports: Ports, name: str, given: Any, renew: float = RENEW) -> dict[str, Any]:
    """Run an activity as `functions.activities` does."""
    if name != "publish":
        return report_to_json(run(ports, call_from_json(given), renew))
    try:
        outcome = publish(ports, given["job"], ending_from_json(given["ending"]))
    except AzureFailure as failure:
        return report_to_json(unavailable(failure))
    return report_to_json(ok(facts=StepFacts(outcome=outcome)))
