"""Triggers of the blob door and the Service Bus door."""

import os
from typing import Any

import azure.durable_functions as df
import azure.functions as func

from functions.dropped import DroppedBlob
from functions.engine import start
from shared.bootstrap import ports
from shared.domain.requests.waiting_message import Incoming, Queue, incoming
from shared.steps.decisions.by_message import take_or_requeue
from shared.steps.intake.doors import accept_drop
from shared.steps.intake.waiting_messages import accept_or_requeue

blueprint = df.Blueprint()

# Flex Consumption needs Event Grid; on other plans the host may poll the container.
_SOURCE = func.BlobSource(os.environ.get("BLOB_TRIGGER_SOURCE", "EventGrid"))


@blueprint.blob_trigger(
    arg_name="dropped", path="%FLOWS_CONTAINER%/{name}", connection="SluiceStorage", source=_SOURCE
)
@blueprint.durable_client_input(client_name="client")
def on_drop(dropped: DroppedBlob, client: Any) -> None:
    """A blob was written to the flows container. Only its name is read here."""
    start(client, accept_drop(ports(), dropped.path))


@blueprint.service_bus_queue_trigger(
    arg_name="message", queue_name="%REQUESTS_QUEUE%", connection="SluiceServiceBus"
)
@blueprint.durable_client_input(client_name="client")
def on_request(message: func.ServiceBusMessage, client: Any) -> None:
    """A message requests a deployment, or decides about a job."""
    start(client, take_or_requeue(ports(), _read("requests", message)))


@blueprint.service_bus_queue_trigger(
    arg_name="message", queue_name="%CHANGES_QUEUE%", connection="SluiceServiceBus"
)
@blueprint.durable_client_input(client_name="client")
def on_quiet(message: func.ServiceBusMessage, client: Any) -> None:
    """The quiet period after a change in a folder is over."""
    start(client, accept_or_requeue(ports(), _read("changes", message)))


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
