import pytest
from azure.servicebus import ServiceBusClient, ServiceBusMessage
from azure.servicebus.exceptions import MessagingEntityNotFoundError, ServiceBusAuthenticationError

from tests.local.service_bus.box import Box, texts
from tests.local.service_bus.broker import Broker
from tests.local.service_bus.clients import Bus


def test_a_wrong_key_opens_nothing(broker: Broker) -> None:
    address = broker.address("d3Jvbmc=")
    with (
        ServiceBusClient.from_connection_string(address, retry_total=0) as client,
        pytest.raises(ServiceBusAuthenticationError),
    ):
        client.get_queue_sender("plain-sync").send_messages(ServiceBusMessage("x"))


def test_a_queue_that_is_not_there_is_said_to_be_so(bus: Bus) -> None:
    with pytest.raises(MessagingEntityNotFoundError):
        bus.sender("nowhere")


def test_names_of_queues_are_not_case_sensitive(unread: Box) -> None:
    shouted = Box(unread.bus, unread.queue.upper())
    shouted.send(ServiceBusMessage("x"))
    assert texts(unread.peek()) == ["x"]
