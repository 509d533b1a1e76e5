"""People and services at the three doors: they repeat, come late, and never come."""

import heapq
import itertools
import json
import random
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from functions.engine import alive, start, wake
from shared.domain.access.caller import NOBODY
from shared.domain.errors import Rejected
from shared.domain.failure import AzureFailure
from shared.domain.identifiers.names import EndpointName
from shared.domain.jobs.decision import DecisionKind
from shared.domain.requests.request_body import parse_asked
from shared.domain.requests.source import RemovalSource
from shared.domain.requests.waiting_message import Incoming, incoming
from shared.ports import Ports
from shared.steps.decisions.decide import CannotDecide, decide
from shared.steps.intake.accept import Accepted, Requester, SourceChanged, accept_request
from shared.steps.intake.doors import accept_drop
from shared.steps.intake.sweep import accept_missed, find_open_jobs
from shared.steps.intake.waiting_messages import accept_or_requeue
from shared.steps.remove.removal import accept_removal
from shared.steps.rollback.rollback import resume, roll_back
from tests.chaos.engine import ChaosEngine
from tests.fakes.engine import Clock, Crash
from tests.fakes.world import World


class Agenda:
    """What is to happen, and when."""

    def __init__(self, clock: Clock) -> None:
        self._clock, self._count = clock, itertools.count()
        self._events: list[tuple[datetime, int, Callable[[], None]]] = []

    def later(self, seconds: float, do: Callable[[], None]) -> None:
        self.at(self._clock.now + timedelta(seconds=seconds), do)

    def at(self, when: datetime, do: Callable[[], None]) -> None:
        heapq.heappush(self._events, (when, next(self._count), do))

    @property
    def next(self) -> datetime | None:
        return self._events[0][0] if self._events else None

    def run_due(self) -> bool:
        """Run one event that is due; False if there is none."""
        if not self._events or self._events[0][0] > self._clock.now:
            return False
        heapq.heappop(self._events)[2]()
        return True


class Doors:
    """Sends to the app, and tries again as the host, the bus and callers do.

    Args:
        world: the fakes.
        ports: the same, with the app's own clock.
        engine: the engine.
        chance: decides about delays.
    """

    def __init__(
        self, world: World, ports: Ports, engine: ChaosEngine, chance: random.Random
    ) -> None:
        self._world, self._ports, self._engine, self._chance = world, ports, engine, chance
        self.agenda = Agenda(world.clock)
        self._keys = itertools.count(1)
        self._copies = 0
        self.asked = self.decisions = 0
        self.sent = list[str]()
        self.jobs = list[str]()

    # ------------------------------------------------------------------ the doors

    def drop(self, path: str, content: bytes, *, copies: int, lost: bool) -> None:
        """Upload a zip; its event comes so many times, or never."""
        self.asked += 1
        self._world.flows.put(path, content, self._world.flows.clock())
        for _ in range(0 if lost else copies):
            self.agenda.later(self._soon(), lambda: self._event(path, 1))

    def send(self, body: dict[str, Any], *, copies: int, delay: float) -> None:
        """Send a message; it is delivered so many times, the first after the delay."""
        self.asked += 1
        name = f"m{next(self._keys)}"
        self.sent.append(name)
        message = incoming(
            "requests",
            json.dumps(body).encode(),
            id=name,
            correlation="",
            enqueued=self._world.clock.now,
            properties={},
        )
        for _ in range(copies):
            self.agenda.later(delay + self._soon(), lambda: self._deliver(message, 1))

    def call(self, body: dict[str, Any], *, copies: int) -> None:
        """Call over HTTP, so many times with the same key."""
        self.asked += 1
        key = f"http:{next(self._keys)}"
        asked = parse_asked(json.dumps(body).encode())
        for _ in range(copies):
            self._until_answered(
                lambda: self._start(accept_request(self._ports, asked, Requester("http", key=key)))
            )

    def remove(self, endpoint: str) -> None:
        self.asked += 1
        source = RemovalSource(endpoint=endpoint, key=f"http:{next(self._keys)}")
        self._until_answered(lambda: self._start(accept_removal(self._ports, source, door="http")))

    def decide(self, kind: DecisionKind, job: str, *, wakes: bool) -> None:
        """Decide about a job; the event may be lost."""

        def ask() -> None:
            made = decide(self._ports, job, kind, reason="chaos", caller=NOBODY)
            self.decisions += made is not None
            if wakes:
                wake(self._engine, job)

        self._until_answered(ask)

    def roll_back(self, endpoint: str) -> None:
        key = f"http:{next(self._keys)}"

        def ask() -> None:
            back = roll_back(
                self._ports, EndpointName(endpoint), key=key, reason="chaos", caller=NOBODY
            )
            self.decisions += 1
            self._start(back.accepted)
            if back.interrupted is not None:
                wake(self._engine, back.interrupted)

        self._until_answered(ask)

    def resume(self, endpoint: str) -> None:
        def ask() -> None:
            waiting = resume(self._ports, EndpointName(endpoint), NOBODY)
            self.decisions += 1
            if waiting is not None:
                wake(self._engine, waiting)

        self._until_answered(ask)

    def sweep(self) -> None:
        """Go the sweep's round, as `functions.sweep` does."""
        for find in (find_open_jobs, accept_missed):
            try:
                for job in find(self._ports):
                    self._sweep_job(job)
            except AzureFailure:
                continue
            except Crash:
                self._engine.kill()

    # ------------------------------------------------------------------ tries and deliveries

    def take_copies(self) -> None:
        """Let the bus deliver the copies that the app has put back on its queue."""
        for copy in self._world.bus.again[self._copies :]:
            sent = copy.delivered()
            self.agenda.at(copy.at, lambda sent=sent: self._deliver(sent, 1))  # type: ignore[misc]
        self._copies = len(self._world.bus.again)

    def _soon(self) -> float:
        return self._chance.choice((0.0, 0.5, 3.0, 20.0))

    def _start(self, accepted: Accepted | None) -> None:
        if accepted is None:
            return
        if accepted.job not in self.jobs:
            self.jobs.append(accepted.job)
        start(self._engine, accepted)

    def _sweep_job(self, job: str) -> None:
        if not alive(self._engine, job):
            self._start(Accepted(job, ended=False))
        elif self._ports.ledger.decisions(job):
            wake(self._engine, job)

    def _event(self, path: str, tries: int) -> None:
        try:
            self._start(accept_drop(self._ports, path))
        except (AzureFailure, Crash) as failure:
            self._died(failure)
            if tries < 5:
                self.agenda.later(2.0**tries, lambda: self._event(path, tries + 1))

    def _deliver(self, message: Incoming, deliveries: int) -> None:
        try:
            self._start(accept_or_requeue(self._ports, message))
        except (AzureFailure, SourceChanged, Crash) as failure:
            self._died(failure)
            assert deliveries < 10, f"message {message.id} is dead"
            self.agenda.later(1, lambda: self._deliver(message, deliveries + 1))

    def _until_answered(self, ask: Callable[[], None]) -> None:
        """Ask again until there is an answer; a refusal is one."""
        try:
            ask()
        except (Rejected, CannotDecide):
            return
        except (AzureFailure, SourceChanged, Crash) as failure:
            self._died(failure)
            self.agenda.later(5, lambda: self._until_answered(ask))

    def _died(self, failure: BaseException) -> None:
        if isinstance(failure, Crash):
            self._engine.kill()
