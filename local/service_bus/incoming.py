"""A link on which the client sends messages to a queue, or requests to a request node."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from local.service_bus.amqp.fields import Fields
from local.service_bus.errors import BrokerError

CREDIT: Final = 1000
# Azure's limit in the standard tier, for a message and for a batch.
LARGEST_MESSAGE: Final = 256 * 1024
BATCH_FORMAT: Final = 0x80013700

# Takes a whole message, and whether it is a batch. Raises BrokerError.
type Take = Callable[[bytes, bool], None]


@dataclass(frozen=True, slots=True)
class Delivery:
    number: int
    settled: bool
    is_batch: bool
    content: bytes
    too_large: bool


class Incoming:
    def __init__(self, handle: int, take: Take, received: int) -> None:
        self.handle = handle
        self._take = take
        self.received = received
        self.credit = CREDIT
        self._first: Fields | None = None
        self._parts: list[bytes] = []
        self._size = 0

    def assemble(self, fields: Fields, payload: bytes) -> Delivery | None:
        """Add one transfer; return the delivery once it is complete and not aborted."""
        first = self._first = self._first or fields
        self._size += len(payload)
        if self._size <= LARGEST_MESSAGE:  # a larger message is refused, so its content is not kept
            self._parts.append(payload)
        aborted, more = fields.flag(9), fields.flag(5)
        if more and not aborted:
            return None
        content, size = b"".join(self._parts), self._size
        self._first, self._parts, self._size = None, [], 0
        self.received += 1
        self.credit -= 1
        if aborted:
            return None
        return Delivery(
            number=first.number(1),
            settled=first.flag(4) or fields.flag(4),
            is_batch=first.integer(3) == BATCH_FORMAT,
            content=content,
            too_large=size > LARGEST_MESSAGE,
        )

    def take(self, delivery: Delivery) -> None:
        """Hand a delivery on. Raises BrokerError if it is refused."""
        if delivery.too_large:
            raise BrokerError.too_large(LARGEST_MESSAGE)
        self._take(delivery.content, delivery.is_batch)

    def refill(self) -> bool:
        """Renew the credit once half is used; return whether the client must be informed."""
        if self.credit > CREDIT // 2:
            return False
        self.credit = CREDIT
        return True
