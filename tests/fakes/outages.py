"""Requests at all three doors during an outage in Azure; every clock is the test's own."""

import heapq
import itertools
import json
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from shared.domain.failure import AzureFailure, Unavailable
from shared.domain.requests.request_body import parse_asked
from shared.domain.requests.source import BlobSource
from shared.domain.requests.waiting_message import Incoming, incoming
from shared.steps.intake.accept import Accepted, Requester, accept_request
from shared.steps.intake.doors import accept_drop
from shared.steps.intake.sweep import accept_missed, find_open_jobs
from shared.steps.intake.waiting_messages import accept_or_requeue
from tests.fakes.engine import Clock
from tests.fakes.faults import Breakable
from tests.fakes.world import make_world, package

FAILURES: dict[str, Callable[[], AzureFailure]] = {
    "silent": lambda: Unavailable("Timeout", "It did not answer"),
    "503": lambda: Unavailable("ServerBusy", "The server is busy", status=503),
    "429": lambda: Unavailable("TooManyRequests", "Slow down", status=429, retry_after=30),
}
PARTS = ("storage", "bus", "engine", "ARM")
LENGTHS = {"10 s": 10, "2 min": 120, "20 min": 1200}
_BEGIN = datetime(2026, 1, 1, 1, tzinfo=UTC)
_REQUESTS = 6


@dataclass(frozen=True)
class Counted:
    """Counts of requests. Told: has one result that names it. Failed: calls during the outage."""

    asked: int
    told: int
    lost: int
    doubled: int
    dead: int
    failed: int


class _Clock(Clock):
    """A clock that runs due events when it is moved."""

    def __init__(self, happen: Callable[[Clock, datetime], None]) -> None:
        self._now, self._busy, self._happen = _BEGIN, False, happen

    @property
    def now(self) -> datetime:
        return self._now

    @now.setter
    def now(self, until: datetime) -> None:
        if self._busy:
            self._now = until
            return
        self._busy = True
        try:
            self._happen(self, until)
        finally:
            self._busy = False


class Outage:
    """One service down for so long, with six requests a door before, during and after.

    The Functions host is played as it is: a message is abandoned where the function raises, and
    dead after ten deliveries; a blob's event comes five times; a caller tries again with its key.
    """

    def __init__(self, part: str, how: str, seconds: float) -> None:
        self._events: list[tuple[datetime, int, Callable[[], None]]] = []
        self.world = make_world(clock=_Clock(self._happen))
        self.world.clock.now = _BEGIN
        self._failure, self._part = FAILURES[how], part
        self._from = _BEGIN + timedelta(seconds=5)
        self._until = self._from + timedelta(seconds=seconds)
        self._count = itertools.count()
        self._running: list[str] = []
        self._calls: dict[str, str] = {}
        self._copies = self._failed = 0
        self.dead: list[str] = []
        world = self.world
        fakes: dict[str, tuple[Breakable, ...]] = {
            "storage": (world.flows, world.ledger, world.turns),
            "bus": (world.bus,),
            "engine": (),
            "ARM": (world.workspace, world.assets, world.roles),
        }
        for fake in fakes[part]:
            fake.away = self._away
        self._ask(seconds)

    def _away(self) -> AzureFailure | None:
        if not self._from <= self.world.clock.now < self._until:
            return None
        self._failed += 1
        return self._failure()

    def _ask(self, seconds: float) -> None:
        for number in range(_REQUESTS):
            at = _BEGIN + timedelta(seconds=number * (seconds + 10) / (_REQUESTS - 1))
            self._put(f"send{number}.package")
            for door in ("drop", "call", "send"):
                self._at(at, lambda door=door, number=number: getattr(self, f"_{door}")(number))  # type: ignore[misc]
        for minute in range(120):
            self._at(_BEGIN + timedelta(minutes=minute), self._sweep)

    def _at(self, when: datetime, do: Callable[[], None]) -> None:
        heapq.heappush(self._events, (when, next(self._count), do))

    def _later(self, seconds: float, do: Callable[[], None]) -> None:
        self._at(self.world.clock.now + timedelta(seconds=seconds), do)

    def run(self) -> Counted:
        """Run for two hours."""
        while self._events:
            self.world.clock.now = max(self.world.clock.now, self._events[0][0])
            while self._running and not self._engine_away():
                self.world.engine.run(self._running.pop(0))
        return self._counted()

    def _happen(self, clock: Clock, until: datetime) -> None:
        """Run the events due until then, each at its time, also while a job waits."""
        while self._events and self._events[0][0] <= until:
            when, _, do = heapq.heappop(self._events)
            clock.now = when
            do()
            self._take_copies()
        clock.now = until

    # ------------------------------------------------------------------ the engine, the sweep

    def _engine_away(self) -> bool:
        return self._part == "engine" and self._away() is not None

    def _start(self, accepted: Accepted | None) -> None:
        if accepted is None or accepted.ended or self._engine_away():
            return
        if accepted.job not in self._running:
            self._running.append(accepted.job)

    def _sweep(self) -> None:
        for find in (find_open_jobs, accept_missed):
            try:
                found = find(self.world.ports)
            except AzureFailure:
                continue
            for job in found:
                self._start(Accepted(job, ended=False))

    # ------------------------------------------------------------------ the doors

    def _put(self, name: str) -> None:
        self.world.flows.put(name, package(f"# {name}\n"), self.world.flows.clock())

    def _drop(self, number: int) -> None:
        self._put(f"drop{number}.zip")
        self._event(f"drop{number}.zip", 1)

    def _event(self, path: str, tries: int) -> None:
        try:
            self._start(accept_drop(self.world.ports, path))
        except AzureFailure:
            if tries < 5:
                self._later(2.0**tries, lambda: self._event(path, tries + 1))

    def _call(self, number: int) -> None:
        name = f"call{number}"
        self._put(f"{name}.package")
        self._post(name)

    def _post(self, name: str) -> None:
        requester = Requester("http", key=f"http:{name}")
        try:
            accepted = accept_request(self.world.ports, parse_asked(_body(name)), requester)
        except AzureFailure:
            self._later(5, lambda: self._post(name))
            return
        self._calls[name] = accepted.job
        self._start(accepted)

    def _send(self, number: int) -> None:
        """Send a message; without an answer from the bus, try again later."""
        name = f"send{number}"
        if self._part == "bus" and self._away() is not None:
            self._later(5, lambda: self._send(number))
            return
        now = self.world.clock.now
        self._deliver(
            incoming("requests", _body(name), id=name, correlation="", enqueued=now, properties={}),
            1,
        )

    def _deliver(self, message: Incoming, deliveries: int) -> None:
        if self._part == "bus" and self._away() is not None:
            self._later(1, lambda: self._deliver(message, deliveries))
            return
        try:
            self._start(accept_or_requeue(self.world.ports, message))
        except Exception:
            if deliveries == 10:
                self.dead.append(message.id)
            else:
                self._later(0, lambda: self._deliver(message, deliveries + 1))

    def _take_copies(self) -> None:
        for copy in self.world.bus.again[self._copies :]:
            sent = copy.delivered()
            self._at(copy.at, lambda sent=sent: self._deliver(sent, 1))  # type: ignore[misc]
        self._copies = len(self.world.bus.again)

    # ------------------------------------------------------------------ the outcome

    def _counted(self) -> Counted:
        told: Counter[str] = Counter()
        for result in self.world.bus.results:
            data = result.event["data"]
            told[data["message_id"] or data["job"]] += 1
        dropped = {
            it.source.path: it.job
            for it in self.world.ledger.requests
            if isinstance(it.source, BlobSource) and it.door == "blob"
        }
        asked = [
            *(dropped.get(f"drop{it}.zip", f"drop{it}") for it in range(_REQUESTS)),
            *(self._calls.get(f"call{it}", f"call{it}") for it in range(_REQUESTS)),
            *(f"send{it}" for it in range(_REQUESTS)),
        ]
        times = [told[it] for it in asked]
        return Counted(
            len(asked),
            times.count(1),
            times.count(0),
            sum(it > 1 for it in times) + sum(told.values()) - sum(times),
            len(self.dead),
            self._failed,
        )


def _body(name: str) -> bytes:
    asked = {
        "source": {"blob": f"{name}.package"},
        "manifest": {"endpoint": {"name": name}},
    }
    return json.dumps(asked).encode()
