"""A client's request to attach a link: its node, and the answer that grants or refuses it."""

from dataclasses import dataclass
from enum import Enum, auto
from typing import Final, Self
from urllib.parse import unquote

from local.service_bus.amqp.fields import Fields
from local.service_bus.amqp.frames import Body, body, error
from local.service_bus.amqp.types import Described, Symbol, UInt, ULong
from local.service_bus.errors import BrokerError
from local.service_bus.incoming import LARGEST_MESSAGE

_MANAGEMENT: Final = "/$management"
_PRE_SETTLED: Final = 1


class Node(Enum):
    QUEUE = auto()
    MANAGEMENT = auto()
    CBS = auto()


@dataclass(frozen=True, slots=True)
class Address:
    """A node and, for a queue and its management, the queue's path."""

    node: Node
    path: str

    @classmethod
    def read(cls, text: str) -> Self:
        """Read `amqps://host:port/queue` (as SDKs write it even without TLS) or `queue`."""
        path = unquote(text.split("://", 1)[1].partition("/")[2]) if "://" in text else text
        path = path.strip("/")
        if path.lower() == "$cbs":
            return cls(Node.CBS, "")
        if path.lower().endswith(_MANAGEMENT):
            return cls(Node.MANAGEMENT, path[: -len(_MANAGEMENT)].lower())
        return cls(Node.QUEUE, path.lower())


@dataclass(frozen=True, slots=True)
class Attach:
    fields: Fields

    @property
    def handle(self) -> int:
        """The client's handle; the broker uses the same one for its side."""
        return self.fields.number(1)

    @property
    def client_receives(self) -> bool:
        return self.fields.flag(2)

    @property
    def settles(self) -> bool:
        """True if the receiver settles messages (peek lock), False for receive-and-delete."""
        return self.fields.integer(3) != _PRE_SETTLED

    @property
    def address(self) -> Address:
        terminus = _address(self.fields.described(5 if self.client_receives else 6))
        return Address.read(terminus or "")

    @property
    def reply_to(self) -> str | None:
        """The address at which a client wants to receive answers."""
        return _address(self.fields.described(6))

    @property
    def sent(self) -> int:
        """The client's count of sent deliveries; some clients leave it out."""
        return self.fields.integer(9) or 0

    def granted(self) -> bytes:
        """Answer that repeats the client's fields verbatim; some SDKs compare them."""
        asked = [self.fields.value(index) for index in range(3, 7)]
        count = UInt(0) if self.client_receives else None
        properties = dict(self.fields.mapping(13))
        if not self.client_receives:
            limit = ULong(LARGEST_MESSAGE)
            properties[Symbol("com.microsoft:max-message-batch-size")] = limit
        more = (None, None, count, ULong(LARGEST_MESSAGE), None, None, properties or None)
        return body(Body.ATTACH, *self._head(), *asked, *more)

    def refused(self, why: BrokerError) -> list[bytes]:
        """Answer in two parts: attach without source and target, then detach with the reason."""
        count = UInt(0) if self.client_receives else None
        nothing = [None] * 6
        return [
            body(Body.ATTACH, *self._head(), *nothing, count),
            body(Body.DETACH, UInt(self.handle), True, error(why.condition, why.description)),
        ]

    def _head(self) -> tuple[object, ...]:
        return self.fields.text(0) or "", UInt(self.handle), not self.client_receives


def _address(terminus: Described | None) -> str | None:
    return None if terminus is None else Fields(terminus.value).text(0)
