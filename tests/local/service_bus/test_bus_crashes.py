import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

import pytest
from azure.servicebus import ServiceBusClient, ServiceBusMessage, ServiceBusReceiver
from azure.servicebus.exceptions import ServiceBusError

from tests.local.part import eventually
from tests.local.service_bus.box import Box, soon, texts
from tests.local.service_bus.broker import Broker
from tests.local.service_bus.clients import AioBus, Bus


class Sender(threading.Thread):
    """Sends messages until one is refused, and keeps the acknowledged ones."""

    def __init__(self, address: str, name: str) -> None:
        super().__init__(daemon=True)
        self._address = address
        self._name = name
        self.acknowledged: list[str] = []
        self.start()

    def run(self) -> None:
        with (
            ServiceBusClient.from_connection_string(self._address, retry_total=0) as client,
            client.get_queue_sender("plain-aio") as sender,
        ):
            for number in range(10**6):
                text = f"{self._name}-{number}"
                try:
                    sender.send_messages(ServiceBusMessage(text))
                except ServiceBusError:
                    return
                self.acknowledged.append(text)


def _least(senders: list[Sender]) -> int:
    return min(len(sender.acknowledged) for sender in senders)


def _empty(receiver: ServiceBusReceiver) -> list[str]:
    found: list[str] = []
    while some := receiver.receive_messages(500, max_wait_time=0.5):
        found += [str(message) for message in some]
    return found


def test_no_acknowledged_message_is_lost_when_the_broker_is_killed(own_broker: Broker) -> None:
    acknowledged: list[str] = []
    for run in range(2):
        senders = [Sender(own_broker.address(), f"{run}-{each}") for each in range(3)]
        eventually(partial(_least, senders), lambda least: least >= 50)
        own_broker.kill()
        for sender in senders:
            sender.join(60)
            acknowledged += sender.acknowledged
        own_broker.start()
    assert len(acknowledged) >= 300
    with (
        ServiceBusClient.from_connection_string(own_broker.address()) as client,
        client.get_queue_receiver(
            "plain-aio", receive_mode="receiveanddelete", prefetch_count=500
        ) as receiver,
    ):
        found = _empty(receiver)
    assert set(acknowledged) <= set(found)
    assert len(found) == len(set(found))
    # At most the one message of each sender that was under way when the broker died.
    assert len(found) - len(acknowledged) <= 6


@contextmanager
def _new_bus(broker: Broker) -> Iterator[Bus]:
    bus = AioBus(broker.address())
    yield bus
    bus.close()


@pytest.fixture
def lasting(own_broker: Broker) -> Iterator[Bus]:
    """A client that reconnects when the broker is back."""
    bus = AioBus(own_broker.address(), retry_total=3)
    bus.open(["plain-aio"])
    yield bus
    bus.close()


def test_client_and_lock_survive_a_kill(own_broker: Broker, lasting: Bus) -> None:
    plain = Box(lasting, "plain-aio")
    plain.send_batch([ServiceBusMessage("held"), ServiceBusMessage("free")])
    [held] = plain.receive()
    own_broker.kill()
    own_broker.start()
    [free] = plain.receive(1, 10)
    assert str(free) == "free"
    assert plain.nothing_comes()
    plain.complete(free, held)
    assert plain.peek() == []


def test_schedules_and_seen_ids_survive_a_kill(own_broker: Broker) -> None:
    with _new_bus(own_broker) as bus:
        sent = Box(bus, "unique-aio")
        sent.schedule(ServiceBusMessage("never", message_id="b"), soon(60))
        due = soon(1)
        number = sent.schedule(ServiceBusMessage("1", message_id="a"), due)
        own_broker.kill()
    own_broker.start()
    with _new_bus(own_broker) as bus:
        unique = Box(bus, "unique-aio")
        unique.send(ServiceBusMessage("2", message_id="a"))
        [got] = unique.receive()
        assert str(got) == "1"
        assert time.time() >= due.timestamp()
        assert (got.sequence_number or 0) > number
        unique.complete(got)
        assert texts(unique.peek()) == ["never"]


def test_stopped_broker_closes_its_connections(own_broker: Broker) -> None:
    with socket.create_connection(("127.0.0.1", own_broker.port), timeout=30) as client:
        client.sendall(b"AMQP\x00\x01\x00\x00")
        assert client.recv(8) == b"AMQP\x00\x01\x00\x00"
        assert own_broker.stop() == 0
        assert client.recv(1) == b""
    own_broker.start()
