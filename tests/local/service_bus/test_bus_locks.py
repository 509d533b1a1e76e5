import time

import pytest
from azure.servicebus import ServiceBusMessage
from azure.servicebus.exceptions import MessageLockLostError

from tests.local.service_bus.box import Box, soon


def test_only_the_next_receiver_can_settle_after_a_lock_expired(brief: Box) -> None:
    brief.send(ServiceBusMessage("x"))
    [got] = brief.receive()
    time.sleep(2.1)
    # The SDK looks at its own clock first: set it forward, to hear what the broker says.
    got._expiry = soon(60)
    with pytest.raises(MessageLockLostError):
        brief.renew(got)
    with pytest.raises(MessageLockLostError):
        brief.complete(got)
    [again] = brief.receive()
    assert again.delivery_count == 1
    assert again.sequence_number == got.sequence_number
    assert again.lock_token != got.lock_token
    brief.complete(again)


def test_message_is_dead_lettered_after_too_many_expired_locks(brief: Box) -> None:
    brief.send(ServiceBusMessage("slow"))
    brief.receive()
    [_] = brief.receive()
    [letter] = brief.dead_letters.receive()
    assert letter.dead_letter_reason == "MaxDeliveryCountExceeded"
    brief.dead_letters.complete(letter)


def test_renewed_lock_has_a_later_end(plain: Box) -> None:
    plain.send(ServiceBusMessage("x"))
    [got] = plain.receive()
    until = got.locked_until_utc
    time.sleep(0.01)
    assert until is not None
    assert plain.renew(got) > until
    plain.complete(got)


def test_lock_renewed_in_time_does_not_expire(brief: Box) -> None:
    brief.send(ServiceBusMessage("x"))
    [got] = brief.receive()
    until = got.locked_until_utc
    for _ in range(3):
        time.sleep(0.8)
        renewed = brief.renew(got)
        assert until is not None
        assert renewed > until
        until = renewed
    brief.complete(got)
    assert brief.peek() == []
