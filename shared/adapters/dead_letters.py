"""The dead-letter queues of the queues that Sluice reads: peek at them, and remove a message."""

import hashlib
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from shared.adapters.deadline import within
from shared.adapters.sender import translated_bus
from shared.domain.failure import Unavailable
from shared.domain.masking import masked
from shared.domain.requests.request import stamp
from shared.domain.requests.waiting_message import Incoming, Queue, incoming

if TYPE_CHECKING:
    from azure.servicebus import ServiceBusClient, ServiceBusReceivedMessage, ServiceBusReceiver

_MOST = 100
_SHOWN = 2_000
_SECONDS = 8.0
_WAIT = 2.0
"""Seconds for the first message of a receive; the queue gives at once what it has."""


class DeadLetters:
    """Each call opens a connection: dead letters are rare.

    Args:
        connect: makes a new client.
        queues: by Sluice's name for it, the queue.
    """

    def __init__(
        self, connect: "Callable[[], ServiceBusClient]", queues: Mapping[Queue, str]
    ) -> None:
        self._connect = connect
        self._queues = queues

    def peek(self) -> tuple[dict[str, Any], ...]:
        """Peek at the oldest hundred of each queue."""
        return within(_SECONDS, lambda: tuple(self._entries()))

    def find(self, queue: Queue, letter: str) -> Incoming | None:
        """Read a dead letter where it lies; None if it is gone."""
        return within(_SECONDS, lambda: self._find(queue, letter))

    def remove(self, queue: Queue, letter: str) -> None:
        """Remove a dead letter. No error if it is gone; Unavailable if somebody holds it."""
        within(_SECONDS, lambda: self._remove(queue, letter))

    def _entries(self) -> Iterable[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        for queue in self._queues:
            with translated_bus(), self._connect() as client, self._open(client, queue) as receiver:
                found += [_entry(queue, it) for it in receiver.peek_messages(_MOST)]
        return found

    def _find(self, queue: Queue, letter: str) -> Incoming | None:
        with translated_bus(), self._connect() as client, self._open(client, queue) as receiver:
            found = _peeked(receiver, letter)
            return None if found is None else _incoming(queue, found)

    def _remove(self, queue: Queue, letter: str) -> None:
        """Take messages from the front until it comes; the others are given back."""
        with translated_bus(), self._connect() as client, self._open(client, queue) as receiver:
            if _peeked(receiver, letter) is None:
                return
            others = list["ServiceBusReceivedMessage"]()
            try:
                while batch := receiver.receive_messages(_MOST, max_wait_time=_WAIT):
                    mine = [it for it in batch if _id(it) == letter]
                    others += [it for it in batch if _id(it) != letter]
                    if mine:
                        receiver.complete_message(mine[0])
                        return
            finally:
                for other in others:
                    receiver.abandon_message(other)
        raise Unavailable("DeadLetterLocked", "Somebody else holds the dead letter just now")

    def _open(self, client: "ServiceBusClient", queue: Queue) -> "ServiceBusReceiver":
        from azure.servicebus import ServiceBusSubQueue  # noqa: PLC0415 - slow to import

        return client.get_queue_receiver(
            self._queues[queue], sub_queue=ServiceBusSubQueue.DEAD_LETTER
        )


def _peeked(receiver: "ServiceBusReceiver", letter: str) -> "ServiceBusReceivedMessage | None":
    number = int(letter.partition("-")[0])
    found = receiver.peek_messages(1, sequence_number=number)
    return next((it for it in found if _id(it) == letter), None)


def _id(letter: "ServiceBusReceivedMessage") -> str:
    """The sequence number, and a hash: numbers begin anew in a queue that was made anew."""
    told = f"{letter.message_id}\n{letter.enqueued_time_utc}"
    return f"{letter.sequence_number}-{hashlib.sha256(told.encode()).hexdigest()[:8]}"


def _incoming(queue: Queue, letter: "ServiceBusReceivedMessage") -> Incoming:
    """Read the letter as its trigger would, so that it is the same request."""
    when = letter.enqueued_time_utc
    properties = letter.application_properties or {}
    return incoming(
        queue,
        b"".join(letter.body),
        id=letter.message_id or f"{when}#{letter.sequence_number}",
        correlation=letter.correlation_id or "",
        enqueued=when,
        properties={_text(name): _text(value) for name, value in properties.items()},
    )


def _text(value: Any) -> str:
    return value.decode(errors="replace") if isinstance(value, bytes) else str(value)


def _entry(queue: Queue, letter: "ServiceBusReceivedMessage") -> dict[str, Any]:
    when = letter.enqueued_time_utc
    return {
        "queue": queue,
        "id": _id(letter),
        "message_id": letter.message_id,
        "correlation_id": letter.correlation_id,
        "enqueued": stamp(when) if isinstance(when, datetime) else None,
        "deliveries": letter.delivery_count,
        "reason": letter.dead_letter_reason,
        "description": masked(letter.dead_letter_error_description or "") or None,
        "body": masked(b"".join(letter.body).decode(errors="replace"))[:_SHOWN],
    }
