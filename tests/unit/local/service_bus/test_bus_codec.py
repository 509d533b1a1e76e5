import uuid

import pytest

from local.service_bus.amqp.decode import decode
from local.service_bus.amqp.encode import encode
from local.service_bus.amqp.types import (
    Array,
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

VALUES = [
    None,
    True,
    False,
    UByte(7),
    UShort(700),
    UInt(0),
    UInt(255),
    UInt(2**32 - 1),
    ULong(0),
    ULong(200),
    ULong(2**64 - 1),
    Byte(-7),
    Short(-700),
    Int(-1),
    Int(2**31 - 1),
    Long(-1),
    Long(-(2**63)),
    Timestamp(1_700_000_000_000),
    Float(0.5),
    -1.25,
    Char("λ"),
    uuid.UUID(int=5),
    Opaque(0x94, b"0123456789abcdef"),
    b"",
    b"x" * 300,
    "",
    "λ" * 200,
    Symbol("com.microsoft:x"),
    [],
    [Int(1), ["a", None]],
    [Int(1)] * 300,
    {},
    {"a": Int(1), Symbol("b"): {"c": []}},
    Described(ULong(0x24), []),
]


@pytest.mark.parametrize("value", VALUES, ids=repr)
def test_values_keep_their_type_through_encoding(value: object) -> None:
    raw = encode(value)
    found, end = decode(raw, 0)
    assert (found, type(found), end) == (value, type(value), len(raw))


def test_an_array_is_decoded_as_a_list() -> None:
    raw = encode(Array(Long, [Long(1), Long(2**40)]))
    assert decode(raw, 0) == ([1, 2**40], len(raw))


def test_values_without_an_amqp_type_are_refused() -> None:
    with pytest.raises(TypeError):
        encode({1, 2})


@pytest.mark.parametrize("value", VALUES[3:], ids=repr)
def test_a_truncated_value_is_refused(value: object) -> None:
    raw = encode(value)
    for end in range(len(raw)):
        with pytest.raises(DecodeError):
            decode(raw[:end], 0)


@pytest.mark.parametrize(
    "raw",
    [
        b"\x01",  # no such constructor
        b"\xa1\x02\xff\xff",  # not UTF-8
        b"\xa3\x02\xc3\xa9",  # a symbol that is not ASCII
        b"\x73\xff\xff\xff\xff",  # no such character
        b"\xc0\x04\x01\x50\x01\x50",  # a size that is not that of its items
        b"\xc1\x02\x01\x40",  # a key without a value
        b"\xc1\x03\x02\x45\x40",  # a list for a key
        b"\xc0\x02\xff\x40",  # more items than bytes
        b"\xc0\xf0\x01" * 100,  # nested too deep
    ],
)
def test_malformed_bytes_are_refused(raw: bytes) -> None:
    with pytest.raises(DecodeError):
        decode(raw, 0)
