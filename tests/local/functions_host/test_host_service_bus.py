import json
from collections.abc import Iterator
from typing import Any

import pytest
from azure.servicebus import ServiceBusClient, ServiceBusMessage, ServiceBusSubQueue

from local.addresses import free_port
from tests.local.functions_host.host_stack import Stack, build_stack
from tests.local.part import Part, eventually

QUEUE = "deploy-requests"


@pytest.fixture(scope="module")
def bus(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The broker, with a lock of five seconds and three deliveries; its connection string."""
    folder = tmp_path_factory.mktemp("bus")
    properties = {"LockDuration": "PT5S", "MaxDeliveryCount": 3}
    queue = {"Name": QUEUE, "Properties": properties}
    config = folder / "queues.json"
    namespaces = [{"Name": "local", "Queues": [queue]}]
    config.write_text(json.dumps({"UserConfig": {"Namespaces": namespaces}}))
    port = free_port()
    broker = Part(
        "local.service_bus",
        *("--config", str(config), "--db", str(folder / "bus.db"), "--port", str(port)),
        *("--key", "RootManageSharedAccessKey=local"),
    )
    with broker:
        yield (
            f"Endpoint=sb://127.0.0.1:{port};SharedAccessKeyName=RootManageSharedAccessKey;"
            "SharedAccessKey=local;UseDevelopmentEmulator=true;"
        )


@pytest.fixture(scope="module")
def bus_stack(tmp_path_factory: pytest.TempPathFactory, storage: str, bus: str) -> Iterator[Stack]:
    parts: list[Part] = []
    folder = tmp_path_factory.mktemp("bus_stack")
    yield build_stack(folder, storage, parts, SampleServiceBus=bus)
    for part in reversed(parts):
        part.stop()


def send(bus: str, *messages: ServiceBusMessage) -> None:
    with (
        ServiceBusClient.from_connection_string(bus) as client,
        client.get_queue_sender(QUEUE) as sender,
    ):
        sender.send_messages(list(messages))


def left(bus: str, sub_queue: ServiceBusSubQueue | None = None) -> list[Any]:
    with (
        ServiceBusClient.from_connection_string(bus) as client,
        client.get_queue_receiver(QUEUE, sub_queue=sub_queue) as receiver,
    ):
        return list(receiver.peek_messages(10))


def test_message_arrives_with_metadata_and_is_completed(bus_stack: Stack, bus: str) -> None:
    message = ServiceBusMessage(
        b'{"source": 1}',
        message_id="m1",
        correlation_id="c1",
        subject="s1",
        content_type="application/json",
        application_properties={"tenant": "acme", "n": 3},
    )
    send(bus, message)
    seen = eventually(lambda: bus_stack.seen("message", id="m1"))[0]
    expected = {
        "body": '{"source": 1}',
        "id": "m1",
        "count": 1,
        "correlation": "c1",
        "subject": "s1",
        "content_type": "application/json",
        "properties": {"tenant": "acme", "n": 3},
        "user": {"tenant": "acme", "n": 3},
        "ttl": None,
    }
    assert {key: seen[key] for key in expected} == expected
    assert seen["locked"] > seen["enqueued"]
    assert len(seen["token"]) == 36
    assert "source" in seen["metadata"], "top-level keys of the body are metadata, too"
    eventually(lambda: not left(bus), what="the queue is empty")
    assert len(bus_stack.seen("message", id="m1")) == 1


def test_body_key_overwrites_metadata_as_in_azure(bus_stack: Stack, bus: str) -> None:
    send(bus, ServiceBusMessage(b'{"MessageId": "from the body"}', message_id="m2"))
    eventually(lambda: bus_stack.seen("message", id="from the body"))


def test_failing_message_is_dead_lettered_by_the_broker(bus_stack: Stack, bus: str) -> None:
    send(bus, ServiceBusMessage(b"fail"), ServiceBusMessage(b"\xff\x00"))
    eventually(lambda: left(bus, ServiceBusSubQueue.DEAD_LETTER))
    counts = [each["count"] for each in bus_stack.seen("message", body="fail")]
    assert counts == [1, 2, 3]
    assert not left(bus)
    assert "failing message" in bus_stack.log.read_text()


def test_lock_is_renewed_while_the_function_runs(bus_stack: Stack, bus: str) -> None:
    send(bus, ServiceBusMessage(b"wait", message_id="long"))
    eventually(lambda: bus_stack.seen("waited"))
    eventually(lambda: not left(bus))
    assert len(bus_stack.seen("message", id="long")) == 1


def test_two_hundred_messages_are_each_processed_once(bus_stack: Stack, bus: str) -> None:
    send(bus, *(ServiceBusMessage(b"many", message_id=f"n{number}") for number in range(200)))
    eventually(lambda: len(bus_stack.seen("message", body="many")) >= 200)
    eventually(lambda: not left(bus))
    names = [each["id"] for each in bus_stack.seen("message", body="many")]
    assert sorted(names) == sorted(f"n{number}" for number in range(200))


def test_message_in_progress_is_delivered_again_after_a_kill(bus_stack: Stack, bus: str) -> None:
    send(bus, ServiceBusMessage(b"wait", message_id="killed"))
    eventually(lambda: bus_stack.seen("message", id="killed"))
    bus_stack.host.kill()
    bus_stack.host.start()
    eventually(lambda: len(bus_stack.seen("message", id="killed")) == 2)
    assert bus_stack.seen("message", id="killed")[1]["count"] == 2
