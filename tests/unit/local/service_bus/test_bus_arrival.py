import pytest

from local.service_bus.amqp.sections import Property, Section, section
from local.service_bus.amqp.types import Long, Symbol, Timestamp, UInt
from local.service_bus.arrival import arrive, read_message
from local.service_bus.errors import BrokerError
from local.service_bus.message import State
from local.service_bus.rules import Rules

BODY = section(Section.DATA, b"x")
RULES = Rules(lock=1000)


def _message(message_id: object = "m", ttl: int | None = None, due: int | None = None) -> bytes:
    header = section(Section.HEADER, [None, None, None if ttl is None else UInt(ttl)])
    times = {} if due is None else {Symbol("x-opt-scheduled-enqueue-time"): Timestamp(due)}
    annotations = section(Section.MESSAGE_ANNOTATIONS, times)
    return header + annotations + section(Section.PROPERTIES, [message_id]) + BODY


def test_an_id_of_more_than_128_characters_is_refused() -> None:
    assert read_message(_message("i" * 128))
    with pytest.raises(BrokerError, match="128"):
        read_message(_message("i" * 129))


def test_a_message_without_an_id_gets_a_unique_one() -> None:
    first, second = read_message(BODY), read_message(BODY)
    ids = {each.property(Property.MESSAGE_ID) for each in (first, second)}
    assert None not in ids
    assert len(ids) == 2


def test_the_shorter_time_to_live_of_sender_and_queue_counts() -> None:
    rules = Rules(lock=1000, time_to_live=500)
    assert arrive(read_message(_message(ttl=900)), 1, 10_000, rules).expires == 10_500
    assert arrive(read_message(_message(ttl=300)), 1, 10_000, rules).expires == 10_300
    assert arrive(read_message(_message()), 1, 10_000, RULES).expires is None


def test_the_time_to_live_of_a_scheduled_message_starts_when_it_is_due() -> None:
    message = arrive(read_message(_message(ttl=300, due=20_000)), 1, 10_000, RULES)
    assert (message.state, message.enqueued, message.expires) == (State.SCHEDULED, 20_000, 20_300)


def test_a_message_scheduled_for_the_past_is_active() -> None:
    message = arrive(read_message(_message(due=9_000)), 1, 10_000, RULES)
    assert (message.state, message.enqueued) == (State.ACTIVE, 10_000)


def test_a_sender_cannot_set_fields_of_the_broker() -> None:
    forged = {Symbol("x-opt-sequence-number"): Long(99), Symbol("mine"): "stays"}
    raw = section(Section.MESSAGE_ANNOTATIONS, forged) + BODY
    assert read_message(raw).annotations == {"mine": "stays"}


@pytest.mark.parametrize("raw", [b"nonsense", b"\x00\x53\x10\x45", BODY[:-1], BODY + b"\x00"])
def test_bytes_that_are_not_a_message_are_refused(raw: bytes) -> None:
    with pytest.raises(BrokerError):
        read_message(raw)
