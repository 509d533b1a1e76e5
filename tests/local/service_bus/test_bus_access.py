import pytest
from azure.servicebus import ServiceBusClient, ServiceBusMessage
from azure.servicebus.exceptions import MessagingEntityNotFoundError, ServiceBusAuthenticationError

from tests.local.service_bus.box import Box, texts
from tests.local.service_bus.broker import Broker
from tests.local.service_bus.clients import Bus


def test_wrong_key_is_refused(broker: Broker) -> None:
    address = broker.address("d3Jvbmc=")
    with (
        ServiceBusClient.from_connection_string(address, retry_total=0) as client,
        pytest.raises(ServiceBusAuthenticationError),
    ):
        client.get_queue_sender("plain-sync").send_messages(ServiceBusMessage("x"))


def test_missing_queue_is_reported(bus: Bus) -> None:
    with pytest.raises(MessagingEntityNotFoundError):
        bus.sender("nowhere")


def test_queue_names_are_case_insensitive(unread: Box) -> None:
    shouted = Box(unread.bus, unread.queue.upper())
    shouted.send(ServiceBusMessage("x"))
    assert texts(unread.peek()) == ["x"]
