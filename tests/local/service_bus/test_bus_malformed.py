import random
import socket

import pytest
from azure.servicebus import ServiceBusMessage

from local.service_bus.amqp.frames import Body, body, composite, frame
from local.service_bus.amqp.types import UInt
from tests.local.service_bus.box import Box, texts
from tests.local.service_bus.broker import Broker
from tests.local.service_bus.clients import AioBus

HEADER = b"AMQP\x00\x01\x00\x00"
OPEN = frame(0, body(Body.OPEN, "a client"))
BEGIN = frame(0, body(Body.BEGIN, None, UInt(0), UInt(100), UInt(100)))
ATTACH = frame(
    0,
    body(
        Body.ATTACH,
        *("a link", UInt(0), False, None, None, composite(0x28, "x"), composite(0x29, "mortal")),
        *(None, None, UInt(0)),
    ),
)
CLOSE = frame(0, body(Body.CLOSE))
ACCEPTED = b"\x00\x53\x24\x45"


def _transfer(message: bytes) -> bytes:
    return frame(0, body(Body.TRANSFER, UInt(0), UInt(0), b"tag", UInt(0)) + message)


TRANSFER = _transfer(b"\x00\x53\x77\xa1\x01x")
BAD_TRANSFER = _transfer(b"\x00\x53\x77\xa1\xffx")
GREETING = HEADER + OPEN + BEGIN


def _answer(port: int, sent: bytes) -> bytes:
    """Return everything the broker sends until it closes the connection."""
    with socket.create_connection(("127.0.0.1", port), timeout=30) as client:
        client.sendall(sent)
        received = b""
        while some := client.recv(65536):
            received += some
        return received


def _mutated(seed: int) -> bytes:
    chance = random.Random(seed)
    stream = bytearray(GREETING + ATTACH + TRANSFER)
    for _ in range(chance.randrange(1, 6)):
        stream[chance.randrange(8, len(stream))] = chance.randrange(256)
    return bytes(stream)


def _list(rest: bytes) -> bytes:
    return frame(0, b"\x00\x53\x12\xd0" + rest)


WRONG = {
    "not AMQP": b"GET / HTTP/1.1\r\n\r\n",
    "a header of another version": b"AMQP\x00\x02\x00\x00",
    "a frame before the connection is open": HEADER + BEGIN,
    "a frame that is too large": GREETING + b"\x7f\xff\xff\xff\x02\x00\x00\x00",
    "a frame that is too small": GREETING + b"\x00\x00\x00\x04\x02\x00\x00\x00",
    "a body before its header ends": GREETING + b"\x00\x00\x00\x0c\x01\x00\x00\x00\x00\x53\x10\x45",
    "a truncated value": GREETING + frame(0, b"\x00\x53\x12\xc0\x7f\x05"),
    "values nested too deep": GREETING + frame(0, b"\x00\x53\x12" + b"\xc0\xf0\x01" * 500),
    "more items than bytes": GREETING + _list(b"\x00\x00\x00\x05\xff\xff\xff\xff\x40"),
    "a field of the wrong type": GREETING + frame(0, body(Body.ATTACH, "x", "no handle")),
    "a handle twice": GREETING + ATTACH + ATTACH,
    "a session twice": GREETING + BEGIN,
    "an unknown frame": GREETING + frame(0, b"\x00\x53\x7f\x45"),
}


@pytest.mark.parametrize("wrong", WRONG)
def test_malformed_input_closes_only_its_own_connection(open_broker: Broker, wrong: str) -> None:
    answer = _answer(open_broker.port, WRONG[wrong])
    assert b"\x00\x53\x18" in answer  # a close frame
    assert b"amqp:decode-error" in answer


def test_other_clients_are_unaffected_by_malformed_input(open_broker: Broker) -> None:
    bus = AioBus(open_broker.address())
    plain = Box(bus, "plain-aio")
    plain.send(ServiceBusMessage("before"))
    for seed in range(200):
        with socket.create_connection(("127.0.0.1", open_broker.port), timeout=30) as other:
            other.sendall(_mutated(seed))
            other.shutdown(socket.SHUT_WR)
            while other.recv(65536):
                pass
    plain.send(ServiceBusMessage("after"))
    got = plain.receive(2)
    assert texts(got) == ["before", "after"]
    plain.complete(*got)
    assert plain.peek() == []
    bus.close()


def test_invalid_message_is_refused_and_its_link_continues(open_broker: Broker) -> None:
    answer = _answer(open_broker.port, GREETING + ATTACH + BAD_TRANSFER + TRANSFER + CLOSE)
    refused, accepted = answer.find(b"amqp:decode-error"), answer.find(ACCEPTED)
    assert 0 < refused < accepted


def test_link_without_key_is_refused(broker: Broker) -> None:
    answer = _answer(broker.port, GREETING + ATTACH + TRANSFER + CLOSE)
    assert b"amqp:unauthorized-access" in answer
