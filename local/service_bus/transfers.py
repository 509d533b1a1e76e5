"""Deliveries of one AMQP session, split to the peer's frame size, within its window."""

from collections import deque
from collections.abc import Callable
from typing import Final

from local.service_bus.amqp.fields import Fields
from local.service_bus.amqp.frames import HEADER_SIZE, Body, body
from local.service_bus.amqp.types import UInt

WINDOW: Final = 2**31 - 1
WRAP: Final = 0xFFFFFFFF
# Upper bound for a transfer's own fields, including its tag (16 bytes).
_ROOM_FOR_FIELDS: Final = 64


class Transfers:
    def __init__(self, put: Callable[[bytes], None], begin: Fields, largest_frame: int) -> None:
        self._put = put
        self._room = largest_frame - HEADER_SIZE - _ROOM_FOR_FIELDS
        self._next_delivery = 0
        self._waiting: deque[bytes] = deque()
        self.next_number = 0
        self._window = begin.number(2)

    @property
    def is_open(self) -> bool:
        """True if the peer's window allows a delivery now."""
        return self._window > 0 and not self._waiting

    def send(self, handle: int, content: bytes, tag: bytes, *, settled: bool) -> int:
        """Send a message within the window, queue the rest, and return the delivery id."""
        delivery = self._next_delivery
        self._next_delivery = (delivery + 1) & WRAP
        first: tuple[object, ...] = (UInt(delivery), tag, UInt(0))
        for start in range(0, len(content), self._room):
            more = True if start + self._room < len(content) else None
            fields = body(Body.TRANSFER, UInt(handle), *first, settled, more)
            self._waiting.append(fields + content[start : start + self._room])
            first = (None, None, None)
        self._flush()
        return delivery

    def widen(self, flow: Fields) -> None:
        """Update the peer's window from its flow frame."""
        expected, window = flow.integer(0), flow.number(1)
        # Before the peer has seen our begin frame, it sends no expected number.
        self._window = (expected or 0) + window - self.next_number
        self._flush()

    def _flush(self) -> None:
        while self._waiting and self._window > 0:
            self._put(self._waiting.popleft())
            self._window -= 1
            self.next_number = (self.next_number + 1) & WRAP
