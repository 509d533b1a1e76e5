"""The blob and Service Bus doors."""

import json
import os
from typing import Any

import azure.durable_functions as df
import azure.functions as func

from functions.dropped import DroppedBlob
from functions.engine import start
from shared.bootstrap import ports
from shared.steps.doors import take_drop, take_message
from shared.steps.folders import take_change

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
    taken = take_message(
        ports(),
        message.get_body(),
        message_id=message.message_id or _unnamed(message),
        enqueued=message.enqueued_time_utc,
        correlation_id=message.correlation_id or "",
    )
    start(client, taken)


def _unnamed(message: func.ServiceBusMessage) -> str:
    """The queue's own name for a message that its sender gave none."""
    return f"{message.enqueued_time_utc}#{message.sequence_number}"


@blueprint.service_bus_queue_trigger(
    arg_name="message", queue_name="%CHANGES_QUEUE%", connection="SluiceServiceBus"
)
@blueprint.durable_client_input(client_name="client")
def on_quiet(message: func.ServiceBusMessage, client: Any) -> None:
    """A quiet period after a file of a folder changed."""
    change = json.loads(message.get_body())
    start(client, take_change(ports(), change["path"], change["modified"]))
