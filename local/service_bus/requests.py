"""Requests and responses of `$cbs` and `$management`, over a pair of links."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from local.service_bus.amqp.sections import Property, Section, Sections, section
from local.service_bus.amqp.types import DecodeError
from local.service_bus.errors import BrokerError


@dataclass(frozen=True, slots=True)
class Request:
    """`message_id` keeps its AMQP type, since the response's correlation id must have the same."""

    message_id: object
    reply_to: object
    properties: Mapping[object, object]
    body: object


@dataclass(frozen=True, slots=True)
class Response:
    properties: Mapping[str, object]
    body: object = None

    def encode(self, correlation_id: object) -> bytes:
        properties = [None, None, None, None, None, correlation_id]
        return b"".join(
            (
                section(Section.PROPERTIES, properties),
                section(Section.APPLICATION_PROPERTIES, dict(self.properties)),
                section(Section.VALUE, self.body),
            )
        )


type Answer = Callable[[Request], Response]


def read_request(raw: bytes) -> Request:
    """Read a request message. Raises BrokerError."""
    try:
        sections = Sections.read(raw)
    except DecodeError as error:
        raise BrokerError.malformed(f"The request could not be decoded: {error}") from error
    return Request(
        message_id=sections.property(Property.MESSAGE_ID),
        reply_to=sections.property(Property.REPLY_TO),
        properties=sections.application_properties(),
        body=sections.body_value(),
    )
