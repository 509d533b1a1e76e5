"""People and services at the three doors: they repeat, come late, and never come."""

import itertools
import json
import random
from collections.abc import Callable
from datetime import datetime
from typing import Any

from functions.engine import alive, start, wake
from shared.domain.errors import Rejected
from shared.domain.failure import AzureFailure
from shared.domain.requests.request_body import parse_asked
from shared.domain.requests.source import BlobSource, RemovalSource
from shared.domain.requests.waiting_message import Incoming, incoming
from shared.ports import Ports
from shared.steps.decisions.refusals import CannotDecide
from shared.steps.intake.accept import Accepted, Requester, SourceChanged, accept_request
from shared.steps.intake.doors import accept_drop
from shared.steps.intake.sweep import accept_missed, find_open_jobs
from shared.steps.intake.waiting_messages import accept_or_requeue
from shared.steps.remove.removal import accept_removal
from tests.chaos.agenda import Agenda
from tests.chaos.asks import Ask, Drop
from tests.chaos.engine import ChaosEngine
from tests.fakes.engine import Crash
from tests.fakes.world import World


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
        self.keys = itertools.count(1)
        self._copies = 0
        self.delivered = self.lost = self.late = 0
        self.asks = list[Ask]()
        self._by_message = dict[str, Ask]()
        self.sent = list[str]()
        self.jobs = list[str]()

    # ------------------------------------------------------------------ the doors

    def drop(self, endpoint: str, path: str, content: bytes, *, copies: int, lost: bool) -> None:
        """Upload a zip; its event comes so many times, or never."""
        self._upload(endpoint, path, content)
        self.lost += lost
        for _ in range(0 if lost else copies):
            self._deliver_later(self._soon(), lambda: self._event(path, 1))

    def send(self, endpoint: str, body: dict[str, Any], *, copies: int, delay: float) -> None:
        """Send a message; it is delivered so many times, the first after the delay."""
        self.late += delay > 0
        deliver = self._message(endpoint, body)
        for _ in range(copies):
            self._deliver_later(delay + self._soon(), deliver)

    def call(self, endpoint: str, body: dict[str, Any], *, copies: int) -> None:
        """Call over HTTP, so many times with the same key."""
        call = self._call(endpoint, body)
        for _ in range(copies):
            self.delivered += 1
            self.until_answered(call)

    def storm(self, endpoint: str, path: str, content: bytes, *, copies: int) -> None:
        """Ask for one zip by a drop, a message and a call; each comes often, in any order."""
        self._upload(endpoint, path, content)
        body = {"source": {"blob": path}}
        deliver, call = self._message(endpoint, body), self._call(endpoint, body)
        doors = (lambda: self._event(path, 1), deliver, lambda: self.until_answered(call))
        for number in range(max(copies, len(doors))):
            do = doors[number] if number < len(doors) else self._chance.choice(doors)
            self._deliver_later(self._chance.uniform(0, 60), do)

    def _deliver_later(self, seconds: float, do: Callable[[], None]) -> None:
        self.delivered += 1
        self.agenda.later(seconds, do)

    def _upload(self, endpoint: str, path: str, content: bytes) -> None:
        version = self._world.flows.put(path, content, self._world.flows.clock())
        at = datetime.fromisoformat(version.modified)
        self.asks.append(Drop(endpoint, at, at, source=BlobSource(path=path, etag=version.etag)))

    def _message(self, endpoint: str, body: dict[str, Any]) -> Callable[[], None]:
        """Send a message now; return its delivery."""
        name, now = f"m{next(self.keys)}", self._world.clock.now
        self.sent.append(name)
        message = incoming(
            "requests",
            json.dumps(body).encode(),
            id=name,
            correlation="",
            enqueued=now,
            properties={},
        )
        self._by_message[name] = Ask(endpoint, now, now)
        self.asks.append(self._by_message[name])
        return lambda: self._deliver(message, 1)

    def _call(self, endpoint: str, body: dict[str, Any]) -> Callable[[], None]:
        """Return a call over HTTP, with a key of its own."""
        requester = Requester("http", key=f"http:{next(self.keys)}")
        asked = parse_asked(json.dumps(body).encode())
        return self.asking(endpoint, lambda: accept_request(self._ports, asked, requester))

    def remove(self, endpoint: str) -> None:
        source = RemovalSource(endpoint=endpoint, key=f"http:{next(self.keys)}")
        self.until_answered(
            self.asking(endpoint, lambda: accept_removal(self._ports, source, door="http"))
        )

    def asking(self, endpoint: str, accept: Callable[[], Accepted]) -> Callable[[], None]:
        """Return a call that may be repeated; it counts from its first try to its first answer."""
        asks = list[Ask]()

        def call() -> None:
            if not asks:
                asks.append(Ask(endpoint, self.storage_now, self.storage_now))
                self.asks.append(asks[0])
            accepted = accept()
            asks[0].answered(accepted.job, self.storage_now)
            self.start(accepted)

        return call

    @property
    def storage_now(self) -> datetime:
        return datetime.fromisoformat(self._world.flows.clock())

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

    def start(self, accepted: Accepted | None) -> None:
        if accepted is None:
            return
        if accepted.job not in self.jobs:
            self.jobs.append(accepted.job)
        start(self._engine, accepted)

    def _sweep_job(self, job: str) -> None:
        if not alive(self._engine, job):
            self.start(Accepted(job, ended=False))
        elif self._ports.ledger.decisions(job):
            wake(self._engine, job)

    def _event(self, path: str, tries: int) -> None:
        try:
            self.start(accept_drop(self._ports, path))
        except (AzureFailure, Crash) as failure:
            self._died(failure)
            if tries < 5:
                self.agenda.later(2.0**tries, lambda: self._event(path, tries + 1))

    def _deliver(self, message: Incoming, deliveries: int) -> None:
        try:
            accepted = accept_or_requeue(self._ports, message)
            if accepted is not None:
                self._answer(self._by_message[message.id], accepted.job)
            self.start(accepted)
        except (AzureFailure, SourceChanged, Crash) as failure:
            self._died(failure)
            assert deliveries < 10, f"message {message.id} is dead"
            self.agenda.later(1, lambda: self._deliver(message, deliveries + 1))

    def _answer(self, ask: Ask, job: str) -> None:
        """Note the message's job; it is not older than the blob that it named."""
        ask.jobs.add(job)
        (source,) = (it.source for it in self._world.ledger.requests if it.job == job)
        flows = self._world.flows
        if isinstance(source, BlobSource) and (at := flows.written(source.path, source.etag)):
            ask.not_before(datetime.fromisoformat(at))

    def until_answered(self, ask: Callable[[], None]) -> None:
        """Ask again until there is an answer; a refusal is one."""
        try:
            ask()
        except (Rejected, CannotDecide):
            return
        except (AzureFailure, SourceChanged, Crash) as failure:
            self._died(failure)
            self.agenda.later(5, lambda: self.until_answered(ask))

    def _died(self, failure: BaseException) -> None:
        if isinstance(failure, Crash):
            self._engine.kill()
