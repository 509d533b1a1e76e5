import pytest
from azure.servicebus import ServiceBusMessage, ServiceBusMessageState
from azure.servicebus.exceptions import MessageAlreadySettled, MessageNotFoundError

from tests.local.service_bus.box import Box, texts


def test_completed_message_is_gone(plain: Box) -> None:
    plain.send(ServiceBusMessage("x"))
    [got] = plain.receive()
    plain.complete(got)
    assert plain.peek() == []
    with pytest.raises(MessageAlreadySettled):
        plain.complete(got)


def test_abandoned_message_is_delivered_again(plain: Box) -> None:
    plain.send(ServiceBusMessage("x"))
    [first] = plain.receive()
    plain.abandon(first)
    [again] = plain.receive()
    assert (first.delivery_count, again.delivery_count) == (0, 1)
    assert again.sequence_number == first.sequence_number
    plain.complete(again)


def test_message_is_dead_lettered_after_its_last_delivery(plain: Box) -> None:
    plain.send(ServiceBusMessage("bad", message_id="b"))
    for _ in range(3):
        plain.abandon(plain.receive()[0])
    assert plain.peek() == []
    [letter] = plain.dead_letters.receive()
    assert letter.message_id == "b"
    assert letter.dead_letter_reason == "MaxDeliveryCountExceeded"
    assert "3 delivery attempts" in (letter.dead_letter_error_description or "")
    assert letter.dead_letter_source == plain.queue
    plain.dead_letters.complete(letter)
    assert plain.dead_letters.peek() == []


def test_a_message_is_dead_lettered_with_reason_and_description(plain: Box) -> None:
    plain.send(ServiceBusMessage("bad", application_properties={"k": 1}))
    [got] = plain.receive()
    plain.dead_letter(got, "Unreadable", "the body is no JSON")
    assert plain.nothing_comes()
    [letter] = plain.dead_letters.receive()
    why = letter.dead_letter_reason, letter.dead_letter_error_description
    assert why == ("Unreadable", "the body is no JSON")
    assert (letter.application_properties or {})[b"k"] == 1
    plain.dead_letters.complete(letter)


def test_abandoned_dead_letter_is_delivered_without_limit(plain: Box) -> None:
    plain.send(ServiceBusMessage("bad"))
    plain.dead_letter(plain.receive()[0], "why", "not")
    for _ in range(4):
        plain.dead_letters.abandon(plain.dead_letters.receive()[0])
    got = plain.dead_letters.receive()
    assert texts(got) == ["bad"]
    plain.dead_letters.complete(*got)


def test_deferred_message_is_received_only_by_number(plain: Box) -> None:
    plain.send(ServiceBusMessage("later"))
    [got] = plain.receive()
    number = got.sequence_number or 0
    plain.defer(got)
    assert plain.nothing_comes()
    assert [each.state for each in plain.peek()] == [ServiceBusMessageState.DEFERRED]
    [again] = plain.receive_deferred(number)
    assert str(again) == "later"
    plain.abandon(again)
    [again] = plain.receive_deferred(number)
    plain.complete(again)
    with pytest.raises(MessageNotFoundError):
        plain.receive_deferred(number)


def test_closing_receiver_returns_prefetched_messages(plain: Box) -> None:
    plain.send_batch([ServiceBusMessage(str(i)) for i in range(5)])
    eager = plain.bus.receiver(plain.queue, prefetch_count=5)
    [got] = plain.bus.do(eager.receive_messages(1, max_wait_time=3))
    plain.bus.do(eager.complete_message(got))
    plain.bus.do(eager.close())
    rest = plain.receive(4)
    assert [each.delivery_count for each in rest] == [0, 0, 0, 0]
    plain.complete(*rest)
