import time

import pytest
from azure.servicebus import ServiceBusMessage
from azure.servicebus.exceptions import MessageLockLostError

from tests.local.service_bus.box import Box, soon


def test_a_lock_that_ends_gives_the_message_to_the_next(brief: Box) -> None:
    brief.send(ServiceBusMessage("x"))
    [got] = brief.receive()
    time.sleep(0.6)
    [again] = brief.receive()
    assert again.delivery_count == 1
    assert again.sequence_number == got.sequence_number
    assert again.lock_token != got.lock_token
    brief.complete(again)


def test_who_has_lost_the_lock_can_no_longer_settle_or_renew(brief: Box) -> None:
    brief.send(ServiceBusMessage("x"))
    [got] = brief.receive()
    time.sleep(0.6)
    # The SDK looks at its own clock first: set it forward, to hear what the broker says.
    got._expiry = soon(60)
    with pytest.raises(MessageLockLostError):
        brief.renew(got)
    with pytest.raises(MessageLockLostError):
        brief.complete(got)
    brief.complete(*brief.receive())


def test_a_lock_lost_too_often_makes_a_dead_letter(brief: Box) -> None:
    brief.send(ServiceBusMessage("slow"))
    brief.receive()
    [_] = brief.receive()
    [letter] = brief.dead_letters.receive()
    assert letter.dead_letter_reason == "MaxDeliveryCountExceeded"
    brief.dead_letters.complete(letter)


def test_a_renewed_lock_holds_on(brief: Box) -> None:
    brief.send(ServiceBusMessage("x"))
    [got] = brief.receive()
    until = got.locked_until_utc
    for _ in range(4):
        time.sleep(0.3)
        renewed = brief.renew(got)
        assert until is not None
        assert renewed > until
        until = renewed
    brief.complete(got)
    assert brief.peek() == []
