import os
import time
import uuid
from datetime import timedelta
from typing import Any

import pytest
from azure.servicebus import ServiceBusMessage, ServiceBusMessageState
from azure.servicebus.amqp import AmqpAnnotatedMessage
from azure.servicebus.exceptions import MessageSizeExceededError

from tests.local.service_bus.box import Box, texts

# Seconds that a message of the queue is locked, and by which a clock may be read differently.
LOCK = 30
CLOCK = 0.1


def test_message_arrives_unchanged(plain: Box) -> None:
    said: dict[Any, Any] = {"s": "x", "i": 7, "big": 2**30, "f": 1.5, "b": True, "u": uuid.uuid4()}
    sent = ServiceBusMessage(
        b"body",
        message_id="m1",
        correlation_id="c1",
        subject="a subject",
        content_type="application/json",
        reply_to="there",
        to="here",
        time_to_live=timedelta(hours=1),
        application_properties=said,
    )
    begun = time.time()
    plain.send(sent)
    [got] = plain.receive()
    ended = time.time()
    assert b"".join(got.body) == b"body"
    assert (got.message_id, got.correlation_id, got.subject) == ("m1", "c1", "a subject")
    assert (got.content_type, got.reply_to, got.to) == ("application/json", "there", "here")
    assert got.time_to_live == timedelta(hours=1)
    assert _as_text(got.application_properties or {}) == said
    assert got.delivery_count == 0
    assert got.state is ServiceBusMessageState.ACTIVE
    assert got.enqueued_time_utc is not None
    assert begun - CLOCK <= got.enqueued_time_utc.timestamp() <= ended + CLOCK
    assert got.locked_until_utc is not None
    assert begun - CLOCK <= got.locked_until_utc.timestamp() - LOCK <= ended + CLOCK
    plain.complete(got)


def test_value_and_sequence_bodies_arrive_unchanged(plain: Box) -> None:
    value: Any = AmqpAnnotatedMessage(value_body={"a": [1, 2, {"b": "c"}]})
    sequence: Any = AmqpAnnotatedMessage(sequence_body=[[1, 2], ["x"]])
    plain.send(value, sequence)
    first, second = plain.receive(2)
    assert first.body == {b"a": [1, 2, {b"b": b"c"}]}
    assert list(second.body) == [[1, 2], [b"x"]]
    plain.complete(first, second)


def test_message_without_id_gets_one(plain: Box) -> None:
    plain.send(ServiceBusMessage("x"))
    [got] = plain.receive()
    assert got.message_id
    plain.complete(got)


def test_batch_arrives_in_order_with_rising_sequence_numbers(plain: Box) -> None:
    plain.send_batch([ServiceBusMessage(str(i)) for i in range(50)])
    got = plain.receive(50)
    assert texts(got) == [str(i) for i in range(50)]
    numbers = [message.sequence_number or 0 for message in got]
    assert numbers == list(range(numbers[0], numbers[0] + 50))
    plain.complete(*got)


def test_message_of_many_frames_arrives_complete(plain: Box) -> None:
    content = os.urandom(200_000)
    plain.send(ServiceBusMessage(content))
    [got] = plain.receive()
    assert b"".join(got.body) == content
    plain.complete(got)


def test_message_over_the_limit_is_refused_and_the_next_accepted(plain: Box) -> None:
    with pytest.raises(MessageSizeExceededError):
        plain.send(ServiceBusMessage(b"x" * 256 * 1024))
    plain.send(ServiceBusMessage("small"))
    got = plain.receive()
    assert texts(got) == ["small"]
    plain.complete(*got)


def test_peeking_shows_messages_and_leaves_them(plain: Box) -> None:
    plain.send(*(ServiceBusMessage(f"p{i}") for i in range(5)))
    seen = plain.peek()
    assert texts(seen) == ["p0", "p1", "p2", "p3", "p4"]
    assert texts(plain.peek(2, start=seen[1].sequence_number or 0)) == ["p1", "p2"]
    got = plain.receive(5)
    assert len(got) == 5
    plain.complete(*got)
    assert plain.peek() == []


def test_receive_and_delete_leaves_nothing_to_settle(plain: Box) -> None:
    bus = plain.bus
    plain.send(ServiceBusMessage("once"))
    receiver = bus.receiver(plain.queue, receive_mode="receiveanddelete")
    assert texts(bus.do(receiver.receive_messages(1, max_wait_time=3))) == ["once"]
    assert plain.peek() == []


def _as_text(said: dict[Any, Any]) -> dict[str, Any]:
    return {name.decode(): _decoded(value) for name, value in said.items()}


def _decoded(value: Any) -> Any:
    return value.decode() if isinstance(value, bytes) else value
