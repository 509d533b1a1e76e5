"""One AMQP message, split into its sections (OASIS AMQP 1.0, part 3.2).

Sections that the broker does not change are kept as the bytes that arrived.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import IntEnum
from typing import Self

from local.service_bus.amqp.decode import decode
from local.service_bus.amqp.encode import encode
from local.service_bus.amqp.fields import Fields
from local.service_bus.amqp.types import DecodeError, Described, Symbol, UInt


class Section(IntEnum):
    HEADER = 0x70
    DELIVERY_ANNOTATIONS = 0x71
    MESSAGE_ANNOTATIONS = 0x72
    PROPERTIES = 0x73
    APPLICATION_PROPERTIES = 0x74
    DATA = 0x75
    SEQUENCE = 0x76
    VALUE = 0x77
    FOOTER = 0x78


class Property(IntEnum):
    """Positions in the properties section."""

    MESSAGE_ID = 0
    REPLY_TO = 4


TIME_TO_LIVE = 2  # position in the header


@dataclass(frozen=True, slots=True)
class Sections:
    header: Fields = field(default_factory=lambda: Fields([]))
    annotations: dict[object, object] = field(default_factory=dict)
    properties: list[object] = field(default_factory=list)
    raw_properties: bytes = b""
    raw_application_properties: bytes = b""
    raw_body: bytes = b""

    @classmethod
    def read(cls, raw: bytes) -> Self:
        """Split a whole message. Raises DecodeError."""
        found: dict[Section, tuple[object, int, int]] = {}
        for code, value, start, end in _each(raw):
            found.setdefault(code, (value, start, end))
        bodies = [start for code, (_, start, _) in found.items() if code >= Section.DATA]
        properties, begin, end = found.get(Section.PROPERTIES, ([], 0, 0))
        application, first, last = found.get(Section.APPLICATION_PROPERTIES, ({}, 0, 0))
        annotations = found.get(Section.MESSAGE_ANNOTATIONS, ({}, 0, 0))[0]
        if not isinstance(properties, list) or not isinstance(application, dict):
            raise DecodeError("the properties have the wrong type")
        if not isinstance(annotations, dict):
            raise DecodeError("message annotations must be a map")
        return cls(
            header=Fields(found.get(Section.HEADER, ([], 0, 0))[0]),
            annotations=annotations,
            properties=properties,
            raw_properties=raw[begin:end],
            raw_application_properties=raw[first:last],
            raw_body=raw[min(bodies) :] if bodies else b"",
        )

    def property(self, position: Property) -> object:
        return self.properties[position] if position < len(self.properties) else None

    def application_properties(self) -> dict[object, object]:
        if not self.raw_application_properties:
            return {}
        found, _ = decode(self.raw_application_properties, 3)
        return found if isinstance(found, dict) else {}

    def body_value(self) -> object:
        """Return the value of an amqp-value body; None for any other body."""
        for code, value, _, _ in _each(self.raw_body):
            if code is Section.VALUE:
                return value
        return None

    def with_message_id(self, message_id: str) -> Self:
        properties = [message_id, *self.properties[1:]]
        return replace(
            self, properties=properties, raw_properties=section(Section.PROPERTIES, properties)
        )

    def with_application_properties(self, extra: Mapping[str, object]) -> Self:
        merged = self.application_properties()
        merged.update(extra.items())
        return replace(
            self, raw_application_properties=section(Section.APPLICATION_PROPERTIES, merged)
        )

    def without_annotations(self, names: frozenset[str]) -> Self:
        """Return a copy without annotations that only the broker may set."""
        if names.isdisjoint(self.annotations):
            return self
        kept = {name: value for name, value in self.annotations.items() if name not in names}
        return replace(self, annotations=kept)

    def encode(self, delivery_count: int, annotations: Mapping[Symbol, object]) -> bytes:
        """Encode the whole message with this delivery count; these annotations override its own."""
        merged = dict(self.annotations)
        merged.update(annotations.items())
        header = [self.header.value(index) for index in range(3)]
        return b"".join(
            (
                section(Section.HEADER, [*header, None, UInt(delivery_count)]),
                section(Section.MESSAGE_ANNOTATIONS, merged),
                self.raw_properties,
                self.raw_application_properties,
                self.raw_body,
            )
        )


def section(code: Section, value: object) -> bytes:
    return b"\x00\x53" + bytes((code,)) + encode(value)


def messages_of_batch(raw: bytes) -> list[bytes]:
    """Return the encoded messages of a batch transfer, one per data section."""
    found = [value for code, value, _, _ in _each(raw) if code is Section.DATA]
    return [value for value in found if isinstance(value, bytes)]


def _each(raw: bytes) -> list[tuple[Section, object, int, int]]:
    """Return code, value, start and end of each section."""
    found, position = [], 0
    while position < len(raw):
        start = position
        value, position = decode(raw, start)
        if not isinstance(value, Described) or not isinstance(value.descriptor, int):
            raise DecodeError("expected a message section")
        try:
            code = Section(value.descriptor)
        except ValueError as error:
            raise DecodeError(f"unknown message section: {value.descriptor}") from error
        found.append((code, value.value, start, position))
    return found
