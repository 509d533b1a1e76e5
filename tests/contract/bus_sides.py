"""Both sides of the contract on the bus: the fake, and the adapter on the local broker."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from azure.servicebus import ServiceBusMessage, ServiceBusReceivedMessage, ServiceBusReceiveMode

from local import cloud
from local.addresses import free_port
from local.service_bus.address import connection_string
from shared.adapters.bus import ServiceBus
from shared.adapters.sender import open_bus
from shared.ports import Bus
from tests.fakes import FakeBus
from tests.local.part import ROOT, Part

KEY = "bG9jYWwta2V5"


@dataclass(frozen=True)
class Queues:
    """A bus, and the content of its two queues: (body, correlation id)."""

    bus: Bus
    results: Callable[[], list[tuple[dict[str, Any], str | None]]]
    changes: Callable[[], list[tuple[dict[str, Any], str | None]]]


class Broker(Part):
    """The local broker on a fixed port, so that it can be killed and restarted."""

    def __init__(self, folder: Path) -> None:
        self.port = free_port()
        config = ROOT / "local" / "service_bus" / "queues.json"
        super().__init__(
            "local.service_bus",
            *("--config", str(config), "--db", str(folder / "bus.db"), "--port", str(self.port)),
            *("--key", f"RootManageSharedAccessKey={KEY}"),
            log=folder / "bus.log",
        )

    def open(self) -> ServiceBus:
        address = connection_string(self.port, KEY)
        return ServiceBus(
            lambda: open_bus(connection_string=address),
            requests=cloud.REQUESTS_QUEUE,
            results=cloud.RESULTS_QUEUE,
            changes=cloud.CHANGES_QUEUE,
        )

    def messages(self, queue: str) -> list[ServiceBusReceivedMessage]:
        """Everything on the queue, which is empty afterwards."""
        with (
            open_bus(connection_string=connection_string(self.port, KEY)) as client,
            client.get_queue_receiver(
                queue, receive_mode=ServiceBusReceiveMode.RECEIVE_AND_DELETE
            ) as receiver,
        ):
            return list(receiver.receive_messages(max_message_count=20, max_wait_time=2))

    def bury(self, queue: str, text: str, reason: str, description: str) -> None:
        """Send a message and dead-letter it."""
        with open_bus(connection_string=connection_string(self.port, KEY)) as client:
            with client.get_queue_sender(queue) as sender:
                sender.send_messages(ServiceBusMessage(text, message_id=text))
            with client.get_queue_receiver(queue) as receiver:
                (message,) = receiver.receive_messages(1, max_wait_time=60)
                receiver.dead_letter_message(message, reason=reason, error_description=description)

    def bury_next(self, queue: str) -> None:
        """Dead-letter the next message."""
        with (
            open_bus(connection_string=connection_string(self.port, KEY)) as client,
            client.get_queue_receiver(queue) as receiver,
        ):
            (message,) = receiver.receive_messages(1, max_wait_time=60)
            receiver.dead_letter_message(message)

    def taken(self, queue: str) -> list[tuple[dict[str, Any], str | None]]:
        """Everything on the queue, which is empty afterwards."""
        found = self.messages(queue)
        return [(json.loads(str(message)), message.correlation_id) for message in found]


def fake() -> Queues:
    bus = FakeBus()
    return Queues(
        bus,
        lambda: [(sent.event, sent.correlation_id) for sent in bus.results],
        lambda: [({"path": one.path, "modified": one.modified}, None) for one in bus.changes],
    )


def adapter(broker: Broker, bus: ServiceBus) -> Queues:
    return Queues(
        bus,
        lambda: broker.taken(cloud.RESULTS_QUEUE),
        lambda: broker.taken(cloud.CHANGES_QUEUE),
    )
