import time
from datetime import UTC, datetime, timedelta

import pytest
from azure.servicebus import ServiceBusMessage, ServiceBusMessageState
from azure.servicebus.exceptions import MessageNotFoundError

from tests.local.service_bus.box import Box, soon, texts


def test_scheduled_message_arrives_on_time_with_a_new_number(plain: Box) -> None:
    due = soon(1.5)
    number = plain.schedule(ServiceBusMessage("later"), due)
    assert [each.state for each in plain.peek()] == [ServiceBusMessageState.SCHEDULED]
    [got] = plain.receive()
    assert timedelta(0) <= datetime.now(UTC) - due < timedelta(seconds=5)
    assert (got.sequence_number or 0) > number
    plain.complete(got)


def test_message_can_carry_its_scheduled_time(plain: Box) -> None:
    plain.send(ServiceBusMessage("later", scheduled_enqueue_time_utc=soon(1.5)))
    plain.send(ServiceBusMessage("now"))
    got = plain.receive(2)
    assert texts(got) == ["now", "later"]
    plain.complete(*got)


def test_cancelled_message_never_arrives(plain: Box) -> None:
    number = plain.schedule(ServiceBusMessage("never"), soon(1))
    plain.cancel(number)
    assert plain.nothing_comes(1.2)
    assert plain.peek() == []
    with pytest.raises(MessageNotFoundError):
        plain.cancel(number)


def test_message_expires_after_its_senders_time_to_live(unread: Box) -> None:
    unread.send(ServiceBusMessage("gone", time_to_live=timedelta(seconds=2)))
    unread.send(ServiceBusMessage("stays"))
    assert texts(unread.peek()) == ["gone", "stays"]
    time.sleep(2.1)
    assert texts(unread.peek()) == ["stays"]


def test_expired_messages_can_be_dead_lettered(mortal: Box) -> None:
    mortal.send(ServiceBusMessage("old", time_to_live=timedelta(hours=1)))
    [letter] = mortal.dead_letters.receive()
    assert letter.dead_letter_reason == "TTLExpiredException"
    mortal.dead_letters.complete(letter)
    assert mortal.peek() == []


def test_a_locked_message_does_not_expire(mortal: Box) -> None:
    mortal.send(ServiceBusMessage("held"))
    [got] = mortal.receive()
    time.sleep(1.7)
    mortal.complete(got)
    assert mortal.dead_letters.peek() == []
