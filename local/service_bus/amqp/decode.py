"""AMQP 1.0 decoder."""

import struct
import uuid
from collections.abc import Callable
from typing import Final

from local.service_bus.amqp.types import (
    Byte,
    Char,
    DecodeError,
    Described,
    Float,
    Int,
    Long,
    Opaque,
    Short,
    Symbol,
    Timestamp,
    UByte,
    UInt,
    ULong,
    UShort,
)

DEEPEST: Final = 32

_U16, _U32, _U64 = struct.Struct(">H"), struct.Struct(">I"), struct.Struct(">Q")
_I8, _I16, _I32, _I64 = (struct.Struct(f) for f in (">b", ">h", ">i", ">q"))
_F32, _F64 = struct.Struct(">f"), struct.Struct(">d")
_TWO_U32 = struct.Struct(">II")

type _Reader = Callable[[bytes, int], object]

# Constructor code: width in bytes, and reader.
_FIXED: Final[dict[int, tuple[int, _Reader]]] = {
    0x40: (0, lambda _b, _p: None),
    0x41: (0, lambda _b, _p: True),
    0x42: (0, lambda _b, _p: False),
    0x43: (0, lambda _b, _p: UInt(0)),
    0x44: (0, lambda _b, _p: ULong(0)),
    0x45: (0, lambda _b, _p: []),
    0x50: (1, lambda b, p: UByte(b[p])),
    0x51: (1, lambda b, p: Byte(_I8.unpack_from(b, p)[0])),
    0x52: (1, lambda b, p: UInt(b[p])),
    0x53: (1, lambda b, p: ULong(b[p])),
    0x54: (1, lambda b, p: Int(_I8.unpack_from(b, p)[0])),
    0x55: (1, lambda b, p: Long(_I8.unpack_from(b, p)[0])),
    0x56: (1, lambda b, p: b[p] == 1),
    0x60: (2, lambda b, p: UShort(_U16.unpack_from(b, p)[0])),
    0x61: (2, lambda b, p: Short(_I16.unpack_from(b, p)[0])),
    0x70: (4, lambda b, p: UInt(_U32.unpack_from(b, p)[0])),
    0x71: (4, lambda b, p: Int(_I32.unpack_from(b, p)[0])),
    0x72: (4, lambda b, p: Float(_F32.unpack_from(b, p)[0])),
    0x73: (4, lambda b, p: Char(chr(_U32.unpack_from(b, p)[0]))),
    0x74: (4, lambda b, p: Opaque(0x74, b[p : p + 4])),
    0x80: (8, lambda b, p: ULong(_U64.unpack_from(b, p)[0])),
    0x81: (8, lambda b, p: Long(_I64.unpack_from(b, p)[0])),
    0x82: (8, lambda b, p: _F64.unpack_from(b, p)[0]),
    0x83: (8, lambda b, p: Timestamp(_I64.unpack_from(b, p)[0])),
    0x84: (8, lambda b, p: Opaque(0x84, b[p : p + 8])),
    0x94: (16, lambda b, p: Opaque(0x94, b[p : p + 16])),
    0x98: (16, lambda b, p: uuid.UUID(bytes=b[p : p + 16])),
}
# The low half of a constructor code, for types of variable width.
_TEXTS: Final[dict[int, Callable[[bytes], object]]] = {
    0: bytes,
    1: lambda raw: raw.decode("utf-8"),
    3: lambda raw: Symbol(raw.decode("ascii")),
}


def decode(buffer: bytes, start: int) -> tuple[object, int]:
    """Return the value that begins at start, and the position after it. Raises DecodeError."""
    try:
        return _decode(buffer, start, 0)
    except DecodeError:
        raise
    except (IndexError, struct.error, ValueError, OverflowError) as error:
        raise DecodeError(f"malformed value: {error}") from error


def _decode(buffer: bytes, start: int, depth: int) -> tuple[object, int]:
    if depth > DEEPEST:
        raise DecodeError("nested too deeply")
    constructor = buffer[start]
    if constructor:
        return _decode_as(constructor, buffer, start + 1, depth)
    descriptor, position = _decode(buffer, start + 1, depth + 1)
    value, position = _decode(buffer, position, depth + 1)
    return Described(descriptor, value), position


def _decode_as(constructor: int, buffer: bytes, start: int, depth: int) -> tuple[object, int]:
    fixed = _FIXED.get(constructor)
    if fixed is not None:
        width, read = fixed
        return read(buffer, start), _within(buffer, start + width)
    match constructor >> 4:
        case 0xA:
            return _text(constructor, buffer, start + 1, buffer[start])
        case 0xB:
            return _text(constructor, buffer, start + 4, _U32.unpack_from(buffer, start)[0])
        case 0xC | 0xE:
            extent = buffer[start] - 1, buffer[start + 1]
            return _compound(constructor, buffer, start + 2, extent, depth)
        case 0xD | 0xF:
            size, count = _TWO_U32.unpack_from(buffer, start)
            return _compound(constructor, buffer, start + 8, (size - 4, count), depth)
    raise DecodeError(f"unknown constructor: 0x{constructor:02x}")


def _within(buffer: bytes, end: int) -> int:
    if end > len(buffer):
        raise DecodeError("truncated")
    return end


def _text(constructor: int, buffer: bytes, start: int, size: int) -> tuple[object, int]:
    end = _within(buffer, start + size)
    read = _TEXTS.get(constructor & 0xF)
    if read is None:
        raise DecodeError(f"unknown constructor: 0x{constructor:02x}")
    return read(buffer[start:end]), end


def _compound(
    constructor: int, buffer: bytes, start: int, extent: tuple[int, int], depth: int
) -> tuple[object, int]:
    size, count = extent
    end = _within(buffer, start + size)
    if count > size + 1:
        raise DecodeError("more items than bytes")
    if constructor in (0xE0, 0xF0):
        found: object
        found, after = _array(buffer, start, count, depth)
    elif constructor in (0xC0, 0xC1, 0xD0, 0xD1):
        items, after = _items(buffer, start, count, depth)
        found = _mapping(items) if constructor & 1 else items
    else:
        raise DecodeError(f"unknown constructor: 0x{constructor:02x}")
    if after != end:
        raise DecodeError("the size of a list, map or array does not match its items")
    return found, end


def _items(buffer: bytes, position: int, count: int, depth: int) -> tuple[list[object], int]:
    items = []
    for _ in range(count):
        item, position = _decode(buffer, position, depth + 1)
        items.append(item)
    return items, position


def _mapping(items: list[object]) -> dict[object, object]:
    try:
        return dict(zip(items[::2], items[1::2], strict=True))
    except TypeError as error:
        raise DecodeError("a map key must be a simple value") from error


def _array(buffer: bytes, position: int, count: int, depth: int) -> tuple[list[object], int]:
    descriptor: object = None
    constructor, position = buffer[position], position + 1
    if constructor == 0:
        descriptor, position = _decode(buffer, position, depth + 1)
        constructor, position = buffer[position], position + 1
    items = []
    for _ in range(count):
        item, position = _decode_as(constructor, buffer, position, depth + 1)
        items.append(item if descriptor is None else Described(descriptor, item))
    return items, position
