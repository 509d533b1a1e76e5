import pytest
from azure.servicebus import ServiceBusClient, ServiceBusMessage
from azure.servicebus.exceptions import MessagingEntityNotFoundError, ServiceBusAuthenticationError

from tests.local.service_bus.clients import Bus
from tests.local.service_bus.conftest import Broker


def test_a_wrong_key_opens_nothing(broker: Broker) -> None:
    address = broker.address("d3Jvbmc=")
    with ServiceBusClient.from_connection_string(address, retry_total=0) as client:
        with pytest.raises(ServiceBusAuthenticationError):
            client.get_queue_sender("plain").send_messages(ServiceBusMessage("x"))
        with pytest.raises(ServiceBusAuthenticationError):
            client.get_queue_receiver("plain").receive_messages(1, max_wait_time=1)


def test_a_queue_that_is_not_there_is_said_to_be_so(bus: Bus) -> None:
    with pytest.raises(MessagingEntityNotFoundError):
        bus.sender("nowhere")
    with pytest.raises(MessagingEntityNotFoundError):
        bus.receiver("nowhere")


def test_names_of_queues_are_not_case_sensitive(bus: Bus) -> None:
    sender = bus.sender("PLAIN")
    bus.do(sender.send_messages(ServiceBusMessage("x")))
    receiver = bus.receiver("plain")
    [got] = bus.do(receiver.receive_messages(1, max_wait_time=3))
    bus.do(receiver.complete_message(got))
