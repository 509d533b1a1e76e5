"""The targets of links on which the client sends."""

from local.service_bus.amqp.sections import messages_of_batch
from local.service_bus.amqp.types import DecodeError
from local.service_bus.arrival import read_message
from local.service_bus.cbs import Gate
from local.service_bus.errors import BrokerError
from local.service_bus.incoming import Take
from local.service_bus.management import management
from local.service_bus.queue import Queue
from local.service_bus.requests import Answer


def queue_taker(queue: Queue) -> Take:
    """Return a function that enqueues messages; a batch is accepted whole or not at all."""
    queue.accept([])  # makes a dead-letter queue refuse the link itself

    def take(raw: bytes, is_batch: bool) -> None:
        contents = _messages_of_batch(raw) if is_batch else [raw]
        queue.accept([read_message(content) for content in contents])

    return take


def answerer(queue: Queue | None, gate: Gate) -> Answer:
    """Return the function that answers requests to `$management`, or without a queue to `$cbs`."""
    return management(queue) if queue else gate.answer


def _messages_of_batch(raw: bytes) -> list[bytes]:
    try:
        return messages_of_batch(raw)
    except DecodeError as error:
        raise BrokerError.malformed(f"The batch could not be decoded: {error}") from error
