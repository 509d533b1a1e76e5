"""The blob door and the Service Bus door."""

from typing import Any

import azure.functions as func

from functions.dropped import DroppedBlob
from functions.engine import take
from shared.bootstrap import ports
from shared.domain.requests.waiting_message import Incoming, Queue, incoming
from shared.steps.decisions.by_message import take_or_requeue
from shared.steps.intake.doors import accept_drop
from shared.steps.intake.waiting_messages import accept_or_requeue


def on_drop(dropped: DroppedBlob, client: Any) -> None:
    world = ports()
    take(client, world.telemetry, "blob", lambda: accept_drop(world, dropped.path))


def on_request(message: func.ServiceBusMessage, client: Any) -> None:
    world, read = ports(), _read("requests", message)
    take(client, world.telemetry, "Service Bus", lambda: take_or_requeue(world, read))


def on_quiet(message: func.ServiceBusMessage, client: Any) -> None:
    world, read = ports(), _read("changes", message)
    take(client, world.telemetry, "blob", lambda: accept_or_requeue(world, read))


def _read(queue: Queue, message: func.ServiceBusMessage) -> Incoming:
    """Read a queue message. Without a message id, its place on the queue identifies it."""
    place = f"{message.enqueued_time_utc}#{message.sequence_number}"
    return incoming(
        queue,
        message.get_body(),
        id=message.message_id or place,
        correlation=message.correlation_id or "",
        enqueued=message.enqueued_time_utc,
        properties=message.application_properties or {},
    )
