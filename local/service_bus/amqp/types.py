"""AMQP 1.0's own types where Python has none of the same meaning (OASIS AMQP 1.0, part 1).

What is decoded is of these classes, so that it is encoded again with the type that it came with.
"""

from collections.abc import Sequence
from dataclasses import dataclass


class DecodeError(ValueError):
    """The peer sent bytes that are not AMQP 1.0, or not of the type that belongs there."""


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
    """A decimal: carried through unread, with its constructor."""

    constructor: int
    raw: bytes


@dataclass(frozen=True, slots=True)
class Described:
    """A value with a descriptor: every frame body, outcome and message section is one."""

    descriptor: object
    value: object


@dataclass(frozen=True, slots=True)
class Array:
    """Values of one type, encoded with that type's constructor once."""

    kind: type
    items: Sequence[object]
