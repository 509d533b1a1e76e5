"""Peek at the dead-letter queues; nothing is removed."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from shared.adapters.deadline import within
from shared.adapters.sender import translated_bus
from shared.domain.masking import masked
from shared.domain.requests.request import stamp

if TYPE_CHECKING:
    from azure.servicebus import ServiceBusClient, ServiceBusReceivedMessage

_MOST = 100
_SHOWN = 2_000
_SECONDS = 8.0


def peeked(
    connect: "Callable[[], ServiceBusClient]", queues: Mapping[str, str]
) -> tuple[dict[str, Any], ...]:
    """Peek at the oldest hundred per queue. `queues`: name in the answer, by queue."""
    return within(_SECONDS, lambda: _peeked(connect, queues))


def _peeked(
    connect: "Callable[[], ServiceBusClient]", queues: Mapping[str, str]
) -> tuple[dict[str, Any], ...]:
    from azure.servicebus import ServiceBusSubQueue  # noqa: PLC0415 - slow to import

    found: list[dict[str, Any]] = []
    with translated_bus(), connect() as client:
        for name, called in queues.items():
            dead = ServiceBusSubQueue.DEAD_LETTER
            with client.get_queue_receiver(name, sub_queue=dead) as receiver:
                found += [_entry(called, it) for it in receiver.peek_messages(_MOST)]
    return tuple(found)


def _entry(queue: str, letter: "ServiceBusReceivedMessage") -> dict[str, Any]:
    when = letter.enqueued_time_utc
    return {
        "queue": queue,
        "message_id": letter.message_id,
        "correlation_id": letter.correlation_id,
        "enqueued": stamp(when) if isinstance(when, datetime) else None,
        "deliveries": letter.delivery_count,
        "reason": letter.dead_letter_reason,
        "description": letter.dead_letter_error_description,
        "body": masked(str(letter)[:_SHOWN]),
    }
