"""AMQP 1.0 encoder."""

import struct
import uuid
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from local.service_bus.amqp.types import (
    Array,
    Byte,
    Char,
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

_U16, _U32, _U64 = struct.Struct(">H"), struct.Struct(">I"), struct.Struct(">Q")
_I8, _I16, _I32, _I64 = (struct.Struct(f) for f in (">b", ">h", ">i", ">q"))
_F32, _F64 = struct.Struct(">f"), struct.Struct(">d")


def encode(value: object) -> bytes:
    """Encode a value. Raises TypeError for a class without an AMQP type."""
    encoder = _ENCODERS.get(type(value))
    if encoder is None:
        raise TypeError(f"AMQP has no type for {type(value).__name__}")
    return encoder(value)


def encode_list(items: Sequence[object]) -> bytes:
    if not items:
        return b"\x45"
    return _compound(0xC0, len(items), b"".join([encode(item) for item in items]))


def _map(items: Mapping[object, object]) -> bytes:
    body = b"".join([encode(part) for pair in items.items() for part in pair])
    return _compound(0xC1, 2 * len(items), body)


def _compound(small: int, count: int, body: bytes) -> bytes:
    size = len(body)
    if size < 255 and count < 256:
        return bytes((small, size + 1, count)) + body
    return bytes((small + 0x10,)) + _U32.pack(size + 4) + _U32.pack(count) + body


def _text(small: int, raw: bytes) -> bytes:
    size = len(raw)
    start = bytes((small, size)) if size < 256 else bytes((small + 0x10,)) + _U32.pack(size)
    return start + raw


def _uint(value: int) -> bytes:
    if value == 0:
        return b"\x43"
    return bytes((0x52, value)) if value < 256 else b"\x70" + _U32.pack(value)


def _ulong(value: int) -> bytes:
    if value == 0:
        return b"\x44"
    return bytes((0x53, value)) if value < 256 else b"\x80" + _U64.pack(value)


def _int(value: int) -> bytes:
    return b"\x54" + _I8.pack(value) if -128 <= value < 128 else b"\x71" + _I32.pack(value)


def _long(value: int) -> bytes:
    return b"\x55" + _I8.pack(value) if -128 <= value < 128 else b"\x81" + _I64.pack(value)


def _symbol_item(value: Symbol) -> bytes:
    return _U32.pack(len(value)) + value.encode("ascii")


def _array(value: Array) -> bytes:
    constructor, pack = _ARRAY_ITEMS[value.kind]
    body = bytes((constructor,)) + b"".join([pack(item) for item in value.items])
    return b"\xf0" + _U32.pack(len(body) + 4) + _U32.pack(len(value.items)) + body


_ARRAY_ITEMS: Final[dict[type, tuple[int, Callable[[Any], bytes]]]] = {
    Long: (0x81, _I64.pack),
    Timestamp: (0x83, _I64.pack),
    Symbol: (0xB3, _symbol_item),
}

_ENCODERS: Final[dict[type, Callable[[Any], bytes]]] = {
    type(None): lambda _: b"\x40",
    bool: lambda v: b"\x41" if v else b"\x42",
    UByte: lambda v: bytes((0x50, v)),
    UShort: lambda v: b"\x60" + _U16.pack(v),
    UInt: _uint,
    ULong: _ulong,
    Byte: lambda v: b"\x51" + _I8.pack(v),
    Short: lambda v: b"\x61" + _I16.pack(v),
    Int: _int,
    Long: _long,
    Float: lambda v: b"\x72" + _F32.pack(v),
    float: lambda v: b"\x82" + _F64.pack(v),
    Char: lambda v: b"\x73" + _U32.pack(ord(v)),
    Timestamp: lambda v: b"\x83" + _I64.pack(v),
    uuid.UUID: lambda v: b"\x98" + v.bytes,
    Opaque: lambda v: bytes((v.constructor,)) + v.raw,
    bytes: lambda v: _text(0xA0, v),
    str: lambda v: _text(0xA1, v.encode()),
    Symbol: lambda v: _text(0xA3, v.encode("ascii")),
    list: encode_list,
    dict: _map,
    Array: _array,
    Described: lambda v: b"\x00" + encode(v.descriptor) + encode(v.value),
}
