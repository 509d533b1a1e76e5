"""What stands at the far end of a link on which the client sends."""

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
    """Takes messages into the queue; a batch as a whole or, if one of it is bad, not at all."""
    queue.accept([])  # so that a dead-letter queue refuses the link, not only its messages

    def take(raw: bytes, is_batch: bool) -> None:
        contents = _messages_of_batch(raw) if is_batch else [raw]
        queue.accept([read_message(content) for content in contents])

    return take


def answerer(queue: Queue | None, gate: Gate) -> Answer:
    """What answers the requests to a queue's `$management` or, without a queue, to `$cbs`."""
    return management(queue) if queue else gate.answer


def _messages_of_batch(raw: bytes) -> list[bytes]:
    try:
        return messages_of_batch(raw)
    except DecodeError as error:
        raise BrokerError.malformed(f"The batch could not be decoded: {error}") from error
