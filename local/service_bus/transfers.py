"""What one AMQP session sends: deliveries cut to the peer's frame size, within its window."""

from collections import deque
from collections.abc import Callable
from typing import Final

from local.service_bus.amqp.fields import Fields
from local.service_bus.amqp.frames import HEADER_SIZE, Body, body
from local.service_bus.amqp.types import UInt

WINDOW: Final = 2**31 - 1
WRAP: Final = 0xFFFFFFFF
# A transfer's own fields are never longer, its tag (16 bytes) included.
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
        """Whether the peer's window lets a delivery out now."""
        return self._window > 0 and not self._waiting

    def send(self, handle: int, content: bytes, tag: bytes, *, settled: bool) -> int:
        """Send a whole message; its delivery id. What the window does not let out waits."""
        delivery = self._next_delivery
        self._next_delivery = (delivery + 1) & WRAP
        first: tuple[object, ...] = (UInt(delivery), tag, UInt(0))
        for start in range(0, len(content), self._room):
            more = True if start + self._room < len(content) else None
            fields = body(Body.TRANSFER, UInt(handle), *first, settled, more)
            self._waiting.append(fields + content[start : start + self._room])
            first = (None, None, None)
        self._let_out()
        return delivery

    def widen(self, flow: Fields) -> None:
        """Take the peer's window from a flow frame of its."""
        expected, window = flow.integer(0), flow.number(1)
        # Before the peer has seen our begin it cannot say which number it expects.
        self._window = (expected or 0) + window - self.next_number
        self._let_out()

    def _let_out(self) -> None:
        while self._waiting and self._window > 0:
            self._put(self._waiting.popleft())
            self._window -= 1
            self.next_number = (self.next_number + 1) & WRAP
