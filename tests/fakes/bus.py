"""The bus in memory."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from shared.domain.masking import masked
from shared.domain.requests.request import stamp
from shared.domain.requests.waiting_message import Incoming, Queue, incoming
from shared.ports import Json
from tests.fakes.faults import Breakable, breakable
from tests.fakes.schemas import check_event


@dataclass(frozen=True)
class Sent:
    """A result on the queue."""

    event: dict[str, Any]
    message_id: str
    correlation_id: str


@dataclass(frozen=True)
class Change:
    """A scheduled message that a blob changed. `delay` in seconds."""

    path: str
    modified: str
    delay: float


@dataclass(frozen=True)
class Again:
    """A copy of a message that waits on its queue."""

    message: Incoming
    message_id: str
    properties: Mapping[str, str]
    at: datetime

    def delivered(self) -> Incoming:
        """Return the copy as it is received."""
        return incoming(
            self.message.queue,
            self.message.body,
            id=self.message_id,
            correlation=self.message.correlation,
            enqueued=self.at,
            properties=self.properties,
        )


class FakeBus(Breakable):
    """Two queues with duplicate detection: a message sent twice is visible once."""

    def __init__(self) -> None:
        super().__init__()
        self.results: list[Sent] = []
        self.changes: list[Change] = []
        self.again: list[Again] = []
        self.dead: dict[tuple[Queue, str], Incoming] = {}
        self._seen: set[tuple[str, ...]] = set()

    @breakable
    def send_result(self, event: Json, *, message_id: str, correlation_id: str) -> None:
        plain = json.loads(json.dumps(event))
        check_event(plain)
        if self._first("result", message_id):
            self.results.append(Sent(plain, message_id, correlation_id))

    @breakable
    def schedule_change(self, path: str, modified: str, *, delay: float) -> None:
        folder = path.rpartition("/")[0]
        if self._first("change", folder, modified[:19]):
            self.changes.append(Change(path, modified, delay))

    @breakable
    def requeue(
        self,
        message: Incoming,
        *,
        message_id: str,
        properties: Mapping[str, str],
        at: datetime,
    ) -> None:
        if self._first("again", message_id):
            self.again.append(Again(message, message_id, properties, at))

    @breakable
    def dead_letters(self) -> tuple[dict[str, Any], ...]:
        return tuple(_entry(letter, it) for (_, letter), it in self.dead.items())

    @breakable
    def dead_letter(self, queue: Queue, letter: str) -> Incoming | None:
        return self.dead.get((queue, letter))

    @breakable
    def remove_dead_letter(self, queue: Queue, letter: str) -> None:
        self.dead.pop((queue, letter), None)

    def bury(self, message: Incoming) -> str:
        """Dead-letter a message; returns the letter's id."""
        letter = f"{len(self._seen) + len(self.dead) + 1}-0000abcd"
        self.dead[message.queue, letter] = message
        return letter

    def _first(self, *identity: str) -> bool:
        known = identity in self._seen
        self._seen.add(identity)
        return not known


def _entry(letter: str, message: Incoming) -> dict[str, Any]:
    return {
        "queue": message.queue,
        "id": letter,
        "message_id": message.id,
        "correlation_id": message.correlation or None,
        "enqueued": stamp(message.enqueued) if message.enqueued else None,
        "deliveries": 10,
        "reason": "MaxDeliveryCountExceeded",
        "description": None,
        "body": masked(message.body.decode(errors="replace")),
    }
