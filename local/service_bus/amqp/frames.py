"""Frames and their bodies (OASIS AMQP 1.0, parts 2 and 5)."""

import struct
from enum import IntEnum
from typing import Final, NamedTuple

from local.service_bus.amqp.decode import decode
from local.service_bus.amqp.encode import encode_list
from local.service_bus.amqp.fields import Fields
from local.service_bus.amqp.types import DecodeError, Described, Symbol, ULong

HEADER_SIZE: Final = 8
EMPTY: Final = b"\x00\x00\x00\x08\x02\x00\x00\x00"
_HEADER: Final = struct.Struct(">IBBH")


class Kind(IntEnum):
    AMQP = 0
    SASL = 1


class Body(IntEnum):
    OPEN = 0x10
    BEGIN = 0x11
    ATTACH = 0x12
    FLOW = 0x13
    TRANSFER = 0x14
    DISPOSITION = 0x15
    DETACH = 0x16
    END = 0x17
    CLOSE = 0x18
    SASL_MECHANISMS = 0x40
    SASL_INIT = 0x41
    SASL_OUTCOME = 0x44


class Outcome(IntEnum):
    ACCEPTED = 0x24
    REJECTED = 0x25
    RELEASED = 0x26
    MODIFIED = 0x27


class Frame(NamedTuple):
    kind: int
    channel: int
    body: int
    fields: Fields
    payload: bytes


def body(code: Body, *fields: object) -> bytes:
    """Encode a frame body without trailing nulls. SDKs require a smallulong as its descriptor."""
    return b"\x00\x53" + bytes((code,)) + encode_list(_without_trailing_nulls(fields))


def composite(code: int, *fields: object) -> Described:
    return Described(ULong(code), _without_trailing_nulls(fields))


def error(condition: str, description: str) -> Described:
    """Build an error with all three fields: the Python SDK's sender hangs on a shorter list."""
    return Described(ULong(0x1D), [Symbol(condition), description, None])


def frame(channel: int, content: bytes, kind: Kind = Kind.AMQP) -> bytes:
    return _HEADER.pack(HEADER_SIZE + len(content), 2, kind, channel) + content


def frame_size(buffer: bytes | bytearray, start: int, largest: int) -> int:
    """Return the size of the frame at start. Raises DecodeError if it is out of range."""
    size = int.from_bytes(buffer[start : start + 4], "big")
    if not HEADER_SIZE <= size <= largest:
        raise DecodeError(f"the frame size {size} is not between {HEADER_SIZE} and {largest}")
    return size


def read_frame(raw: bytes) -> Frame | None:
    """Read one whole frame; None for an empty one, which is only a heartbeat."""
    _, offset, kind, channel = _HEADER.unpack_from(raw)
    start = offset * 4
    if start < HEADER_SIZE or start > len(raw):
        raise DecodeError("a frame's body must begin after its header")
    if start == len(raw):
        return None
    if raw[start : start + 2] != b"\x00\x53" or start + 3 > len(raw):
        raise DecodeError("a frame's body must begin with a small descriptor")
    values, end = decode(raw, start + 3)
    return Frame(kind, channel, raw[start + 2], Fields(values), raw[end:])


def _without_trailing_nulls(fields: tuple[object, ...]) -> list[object]:
    count = len(fields)
    while count and fields[count - 1] is None:
        count -= 1
    return list(fields[:count])
