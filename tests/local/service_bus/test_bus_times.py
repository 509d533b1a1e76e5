import time
from datetime import UTC, datetime, timedelta

import pytest
from azure.servicebus import ServiceBusMessage, ServiceBusMessageState
from azure.servicebus.exceptions import MessageNotFoundError

from tests.local.service_bus.box import Box, soon, texts


def test_a_scheduled_message_comes_at_its_time_under_a_new_number(plain: Box) -> None:
    due = soon(1.5)
    number = plain.schedule(ServiceBusMessage("later"), due)
    assert [each.state for each in plain.peek()] == [ServiceBusMessageState.SCHEDULED]
    [got] = plain.receive()
    assert timedelta(0) <= datetime.now(UTC) - due < timedelta(seconds=5)
    assert (got.sequence_number or 0) > number
    plain.complete(got)


def test_a_message_can_be_sent_with_its_time_on_it(plain: Box) -> None:
    plain.send(ServiceBusMessage("later", scheduled_enqueue_time_utc=soon(1.5)))
    plain.send(ServiceBusMessage("now"))
    got = plain.receive(2)
    assert texts(got) == ["now", "later"]
    plain.complete(*got)


def test_a_cancelled_message_never_comes(plain: Box) -> None:
    number = plain.schedule(ServiceBusMessage("never"), soon(1))
    plain.cancel(number)
    assert plain.nothing_comes(1.2)
    assert plain.peek() == []
    with pytest.raises(MessageNotFoundError):
        plain.cancel(number)


def test_a_message_is_gone_after_the_time_that_its_sender_gave_it(unread: Box) -> None:
    unread.send(ServiceBusMessage("gone", time_to_live=timedelta(seconds=2)))
    unread.send(ServiceBusMessage("stays"))
    assert texts(unread.peek()) == ["gone", "stays"]
    time.sleep(2.1)
    assert texts(unread.peek()) == ["stays"]


def test_a_queue_can_keep_expired_messages_as_dead_letters(mortal: Box) -> None:
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
