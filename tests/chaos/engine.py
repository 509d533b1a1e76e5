"""An engine that runs many jobs interleaved, in an order that chance decides.

Each orchestration has the history that Durable keeps. A kill of the host drops every orchestrator
in memory and replays it from its history; it must then ask for the same things again. The loss of
the task hub drops the histories too.
"""

import json
import random
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any, Protocol

from durabletask import task

from functions.engine import wake
from functions.job_activity import JobActivity
from shared.domain.jobs.step_report import StepReport
from shared.ports import Ports
from shared.steps.lines import Lines
from tests.fakes.engine import Clock, Crash, orchestrator, run_activity

type Happened = tuple[datetime, int | None, Any]
"""When, the number of the task that it completes (None for an event), and its result."""


class Asked(task.CompletableTask[Any]):
    """An activity, a timer or an event that an orchestrator has asked for, in this order."""

    def __init__(self, number: int, name: str, given: Any) -> None:
        super().__init__()
        self.number, self.name, self.given = number, name, given


class Orchestration:
    """One job's orchestrator, and the context that it sees."""

    def __init__(self, job: str, now: datetime) -> None:
        self.job, self.outcome = job, ""
        self._began = now
        self._history: list[Happened] = []
        self._known: list[tuple[str, Any]] = []
        self.replay()

    def replay(self) -> None:
        """Begin anew from the history, as a new host does."""
        self._now, self._asked, self._buffered = self._began, list[Asked](), 0
        self._generator = orchestrator(self, {"job": self.job})
        self._go_on(next(self._generator))
        for happened in self._history:
            self._apply(happened)

    def happen(self, at: datetime, number: int | None, result: Any = None) -> None:
        """Note in the history what has happened, and let the orchestrator go on."""
        if self.outcome or (number is not None and self._asked[number].is_complete):
            return
        happened = (at, number, result)
        self._history.append(happened)
        self._apply(happened)

    def pending(self) -> Iterator[Asked]:
        """Yield the activities and timers that have yet to be done."""
        for asked in () if self.outcome else self._asked:
            if not asked.is_complete and asked.name != "event":
                yield asked

    # ------------------------------------------------------------------ the orchestrator's context

    @property
    def current_utc_datetime(self) -> datetime:
        return self._now.replace(tzinfo=None)

    def call_activity(self, name: str, *, input: Any) -> Asked:  # noqa: A002 - Durable's word
        return self._ask(name, json.loads(json.dumps(input)))

    def create_timer(self, when: datetime) -> Asked:
        return self._ask("timer", when)

    def wait_for_external_event(self, name: str) -> Asked:
        asked = self._ask("event", name)
        if self._buffered:
            self._buffered -= 1
            asked.complete(None)
        return asked

    # ------------------------------------------------------------------ the replay

    def _ask(self, name: str, given: Any) -> Asked:
        asked = Asked(len(self._asked), name, given)
        self._asked.append(asked)
        if asked.number == len(self._known):
            self._known.append((name, given))
        before = self._known[asked.number]
        assert before == (name, given), f"not deterministic: {before} became {(name, given)}"
        return asked

    def _apply(self, happened: Happened) -> None:
        self._now, number, result = happened
        if number is not None:
            self._asked[number].complete(result)
        else:
            self._raise_event()
        self._go_on(self._waits)

    def _raise_event(self) -> None:
        for asked in self._asked:
            if asked.name == "event" and not asked.is_complete:
                asked.complete(None)
                return
        self._buffered += 1

    def _go_on(self, waits: Any) -> None:
        self._waits = waits
        while self._waits.is_complete and not self.outcome:
            try:
                self._waits = self._generator.send(self._waits.get_result())
            except StopIteration as end:
                self.outcome = str(end.value)


class Watching(Protocol):
    """Sees what the engine does."""

    def act(self, given: Any) -> None:
        """An activity begins or makes a call, with this input; None: it has ended."""

    def told(self, job: str) -> None:
        """The job's orchestrator will know what its last activity reported."""

    def forget(self) -> None:
        """No orchestrator knows anything any more."""


class _Activity(JobActivity):
    """An activity that goes on as the app's does; its engine sees each call, and each pause."""

    def __init__(self, engine: "ChaosEngine") -> None:
        super().__init__(engine.ports, lambda job: wake(engine, job))
        self._engine = engine

    def call(self, name: str, given: Any, lines: Lines) -> StepReport:
        self._engine.watch.act(given)
        status, note = "died", ""
        try:
            report = super().call(name, given, lines)
            status, note = report.status, report.note
        finally:
            self._engine.tell(name, given, f"{status} {note}")
        return report

    def pause(self, seconds: float) -> None:
        self._engine.clock.now += timedelta(seconds=seconds)


class ChaosEngine:
    """Runs orchestrations; it is also the engine's client, as the edge sees it.

    Args:
        ports: the fakes.
        clock: the clock of all.
        chance: decides what happens next.
        watch: sees which activity runs.
    """

    def __init__(self, ports: Ports, clock: Clock, chance: random.Random, watch: Watching) -> None:
        self.ports, self.clock, self._chance, self.watch = ports, clock, chance, watch
        self.orchestrations: dict[str, Orchestration] = {}
        self._running = set[str]()
        self.trace: Callable[[str], None] | None = None
        self.activities = self.doubled = self.kills = self.losses = 0

    # ------------------------------------------------------------------ the client

    def schedule_new_orchestration(
        self,
        name: str,
        *,
        input: Any,  # noqa: A002 - Durable's word
        instance_id: str,
    ) -> None:
        assert name == "deploy"
        known = self.orchestrations.get(instance_id)
        if known is not None and not known.outcome:
            raise ValueError(f"{instance_id} already runs")
        self.orchestrations[instance_id] = Orchestration(str(input["job"]), self.clock.now)

    def raise_orchestration_event(self, instance_id: str, name: str) -> None:
        del name
        self.orchestrations[instance_id].happen(self.clock.now, None)

    def get_orchestration_state(self, instance_id: str, *, fetch_payloads: bool) -> Any:
        del fetch_payloads
        known = self.orchestrations.get(instance_id)
        if known is None:
            return None
        state = "COMPLETED" if known.outcome else "RUNNING"
        return SimpleNamespace(runtime_status=SimpleNamespace(name=state))

    # ------------------------------------------------------------------ the host

    @property
    def alive(self) -> list[Orchestration]:
        return [it for it in self.orchestrations.values() if not it.outcome]

    def next_timer(self) -> datetime | None:
        """When the next timer is due."""
        timers = (it.given for one in self.alive for it in one.pending() if it.name == "timer")
        return min(timers, default=None)

    def step(self) -> bool:
        """Do one thing that can be done now; False if there is none."""
        now = self.clock.now
        ready: list[tuple[Orchestration, Asked]] = [
            (one, it)
            for one in self.alive
            for it in one.pending()
            if one.job not in self._running and (it.name != "timer" or it.given <= now)
        ]
        if not ready:
            return False
        one, asked = self._chance.choice(ready)
        if asked.name == "timer":
            one.happen(now, asked.number)
            return True
        try:
            if self._chance.random() < 0.05:  # at least once is what Durable promises
                self.doubled += 1
                self._run(asked.name, asked.given)  # its result is lost
            result = self._run(asked.name, asked.given)
            self.watch.told(one.job)
        except Crash:
            self.kill()
            return True
        one.happen(self.clock.now, asked.number, result)
        return True

    def kill(self) -> None:
        """Let the host die: everything in memory is gone, and is replayed from the histories."""
        self.kills += 1
        self.ports = replace(self.ports, began=self.ports.now())
        for one in self.alive:
            one.replay()

    def lose(self) -> None:
        """Lose the task hub with all histories."""
        self.losses += 1
        self.watch.forget()
        self.orchestrations.clear()

    def _run(self, name: str, given: Any) -> Any:
        self.activities += 1
        self._running.add(given["job"])
        self.watch.act(given)
        try:
            return json.loads(json.dumps(run_activity(_Activity(self), name, given)))
        finally:
            self._running.discard(given["job"])
            self.watch.act(None)

    def tell(self, name: str, given: Any, words: str) -> None:
        """Trace a call, and what came of it."""
        if self.trace is not None:
            what = f"{given.get('key', name)} {given.get('kind', '')}"
            self.trace(f"{self.clock.now:%d %H:%M:%S} {given['job'][:6]} {what}: {words}")
