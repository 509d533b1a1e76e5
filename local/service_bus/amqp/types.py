"""AMQP 1.0 types without a Python equivalent (OASIS AMQP 1.0, part 1).

Decoded values use these classes, so that they are encoded with the same type again.
"""

from collections.abc import Sequence
from dataclasses import dataclass


class DecodeError(ValueError):
    """The peer sent bytes that are not valid AMQP 1.0, or a value of the wrong type."""


class Symbol(str):
    __slots__ = ()


class UByte(int):
    __slots__ = ()


class UShort(int):
    __slots__ = ()


class UInt(int):
    __slots__ = ()


class ULong(int):
    __slots__ = ()


class Byte(int):
    __slots__ = ()


class Short(int):
    __slots__ = ()


class Int(int):
    __slots__ = ()


class Long(int):
    __slots__ = ()


class Timestamp(int):
    """Milliseconds since 1970, UTC."""

    __slots__ = ()


class Float(float):
    """Single precision; Python's own float is AMQP's double."""

    __slots__ = ()


class Char(str):
    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Opaque:
    """A decimal: passed through unread, with its constructor."""

    constructor: int
    raw: bytes


@dataclass(frozen=True, slots=True)
class Described:
    """A value with a descriptor, such as a frame body, an outcome or a message section."""

    descriptor: object
    value: object


@dataclass(frozen=True, slots=True)
class Array:
    """Values of one type, encoded with a single constructor."""

    kind: type
    items: Sequence[object]
