"""Broken connections to the broker."""

import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from azure.servicebus import ServiceBusClient, ServiceBusSender

from local import cloud
from local.service_bus.address import connection_string
from shared.adapters.bus import ServiceBus
from shared.adapters.sender import open_bus
from shared.domain.failure import Denied, Refused, Unavailable
from tests.contract.bus_sides import KEY, Broker


@pytest.fixture
def own_broker(tmp_path: Path) -> Iterator[Broker]:
    with Broker(tmp_path) as running:
        yield running


def send(bus: ServiceBus, number: int) -> None:
    bus.send_result({"n": number}, message_id=f"m{number}", correlation_id="job")


def test_a_kept_sender_outlives_its_broker(own_broker: Broker) -> None:
    bus = own_broker.open()
    send(bus, 1)
    own_broker.kill()
    own_broker.start()
    send(bus, 2)
    bus.close()
    found = own_broker.taken(cloud.RESULTS_QUEUE)
    assert [body["n"] for body, _ in found] == [1, 2]


def test_a_broker_that_is_gone_is_unavailable(own_broker: Broker) -> None:
    bus = own_broker.open()
    send(bus, 1)
    own_broker.kill()
    with pytest.raises(Unavailable):
        send(bus, 2)


def test_a_second_send_reuses_the_sender_of_the_first(
    broker: Broker, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[ServiceBusSender] = []
    make = ServiceBusClient.get_queue_sender

    def noted(client: ServiceBusClient, queue: str, **options: Any) -> ServiceBusSender:
        made.append(make(client, queue, **options))
        return made[-1]

    monkeypatch.setattr(ServiceBusClient, "get_queue_sender", noted)
    bus = broker.open()
    send(bus, 1)
    send(bus, 2)
    assert len(made) == 1
    bus.close()
    broker.taken(cloud.RESULTS_QUEUE)


def test_a_wrong_key_is_denied(broker: Broker) -> None:
    address = f"Endpoint=sb://127.0.0.1:{broker.port};SharedAccessKeyName=RootManageSharedAccessKey"
    wrong = f"{address};SharedAccessKey=d3Jvbmc=;UseDevelopmentEmulator=true"
    bus = ServiceBus(
        lambda: open_bus(connection_string=wrong),
        requests="deploy-requests",
        results="deploy-results",
        changes="flow-changes",
    )
    with pytest.raises(Denied):
        send(bus, 1)


def test_a_message_that_is_too_large_is_refused(broker: Broker) -> None:
    bus = broker.open()
    with pytest.raises(Refused):
        bus.send_result({"text": "x" * 2_000_000}, message_id="m", correlation_id="job")
    bus.close()


def test_an_unresponsive_broker_is_unavailable() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        bus = ServiceBus(
            lambda: open_bus(connection_string=connection_string(silent.getsockname()[1], KEY)),
            requests="requests",
            results="results",
            changes="changes",
            seconds=1,
        )
        # The SDK itself would wait for ever.
        with pytest.raises(Unavailable):
            send(bus, 1)
