"""The blob and Service Bus doors."""

import os
from typing import Any

import azure.durable_functions as df
import azure.functions as func

from functions.dropped import DroppedBlob
from functions.engine import start
from shared.bootstrap import ports
from shared.domain.requests.waiting_message import Incoming, Queue, incoming
from shared.steps.intake.doors import take_drop
from shared.steps.intake.waiting_messages import take_incoming

blueprint = df.Blueprint()

# Event Grid is what Flex Consumption takes; elsewhere the host may look for itself.
_SOURCE = func.BlobSource(os.environ.get("BLOB_TRIGGER_SOURCE", "EventGrid"))


@blueprint.blob_trigger(
    arg_name="dropped", path="%FLOWS_CONTAINER%/{name}", connection="SluiceStorage", source=_SOURCE
)
@blueprint.durable_client_input(client_name="client")
def on_drop(dropped: DroppedBlob, client: Any) -> None:
    """A blob was written to the flows container. Only its name is taken."""
    start(client, take_drop(ports(), dropped.path))


@blueprint.service_bus_queue_trigger(
    arg_name="message", queue_name="%REQUESTS_QUEUE%", connection="SluiceServiceBus"
)
@blueprint.durable_client_input(client_name="client")
def on_request(message: func.ServiceBusMessage, client: Any) -> None:
    """A message asks for a deployment."""
    start(client, take_incoming(ports(), _read("requests", message)))


@blueprint.service_bus_queue_trigger(
    arg_name="message", queue_name="%CHANGES_QUEUE%", connection="SluiceServiceBus"
)
@blueprint.durable_client_input(client_name="client")
def on_quiet(message: func.ServiceBusMessage, client: Any) -> None:
    """A quiet period after a file of a folder changed."""
    start(client, take_incoming(ports(), _read("changes", message)))


def _read(queue: Queue, message: func.ServiceBusMessage) -> Incoming:
    """Where its sender gave it no id, it is known by its place on the queue."""
    place = f"{message.enqueued_time_utc}#{message.sequence_number}"
    return incoming(
        queue,
        message.get_body(),
        id=message.message_id or place,
        correlation=message.correlation_id or "",
        enqueued=message.enqueued_time_utc,
        properties=message.application_properties or {},
    )
