"""Turns what a client sent into a message for a queue."""

import uuid
from typing import Final

from local.service_bus.amqp.sections import TIME_TO_LIVE, Property, Sections
from local.service_bus.amqp.types import DecodeError
from local.service_bus.errors import BrokerError
from local.service_bus.message import BROKER_ANNOTATIONS, SCHEDULED_TIME, Message, State
from local.service_bus.rules import Rules

LONGEST_MESSAGE_ID: Final = 128


def read_message(raw: bytes) -> Sections:
    """Read a sent message, and add an id if it has none. Raises BrokerError."""
    try:
        sections = Sections.read(raw)
    except DecodeError as error:
        raise BrokerError.malformed(f"The message could not be decoded: {error}") from error
    message_id = sections.property(Property.MESSAGE_ID)
    if message_id is None:
        sections = sections.with_message_id(uuid.uuid4().hex)
    elif len(str(message_id)) > LONGEST_MESSAGE_ID:
        raise BrokerError.argument(f"A message id has at most {LONGEST_MESSAGE_ID} characters.")
    _time(sections.header.value(TIME_TO_LIVE), "time to live")
    _time(sections.annotations.get(SCHEDULED_TIME), str(SCHEDULED_TIME))
    return sections.without_annotations(BROKER_ANNOTATIONS)


def message_id(sections: Sections) -> str:
    return str(sections.property(Property.MESSAGE_ID))


def arrive(sections: Sections, number: int, at: int, rules: Rules) -> Message:
    """Build the message that a queue stores; its time to live begins when it becomes active."""
    due = _time(sections.annotations.get(SCHEDULED_TIME), str(SCHEDULED_TIME))
    scheduled = due is not None and due > at
    enqueued = due if due is not None and scheduled else at
    own = _time(sections.header.value(TIME_TO_LIVE), "time to live")
    lives = [life for life in (own, rules.time_to_live) if life]
    return Message(
        number=number,
        state=State.SCHEDULED if scheduled else State.ACTIVE,
        enqueued=enqueued,
        due=due if scheduled else None,
        expires=enqueued + min(lives) if lives else None,
        message_id=message_id(sections),
        deliveries=0,
        sections=sections,
    )


def _time(value: object, name: str) -> int | None:
    if value is None or (isinstance(value, int) and 0 <= value < 2**53):
        return value
    raise BrokerError.argument(f"{name} must be a number of milliseconds.")
