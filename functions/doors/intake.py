"""Triggers of the blob door and the Service Bus door."""

import os
from typing import Any

import azure.durable_functions as df
import azure.functions as func

from functions.dropped import DroppedBlob

blueprint = df.Blueprint()

# Read here, not as %NAME%: such a setting must exist, and these have defaults.
_FLOWS = os.environ.get("FLOWS_CONTAINER") or "flows"
_REQUESTS = os.environ.get("REQUESTS_QUEUE") or "deploy-requests"
_CHANGES = os.environ.get("CHANGES_QUEUE") or "flow-changes"
# Flex Consumption needs Event Grid; on other plans the host may poll the container.
_SOURCE = func.BlobSource(os.environ.get("BLOB_TRIGGER_SOURCE", "EventGrid"))


@blueprint.blob_trigger(
    arg_name="dropped", path=f"{_FLOWS}/{{name}}", connection="SluiceStorage", source=_SOURCE
)
@blueprint.durable_client_input(client_name="client")
def on_drop(dropped: DroppedBlob, client: Any) -> None:
    """A blob was written to the flows container. Only its name is read here."""
    from functions import intake

    intake.on_drop(dropped, client)


@blueprint.service_bus_queue_trigger(
    arg_name="message", queue_name=_REQUESTS, connection="SluiceServiceBus"
)
@blueprint.durable_client_input(client_name="client")
def on_request(message: func.ServiceBusMessage, client: Any) -> None:
    """A message requests a deployment, or decides about a job."""
    from functions import intake

    intake.on_request(message, client)


@blueprint.service_bus_queue_trigger(
    arg_name="message", queue_name=_CHANGES, connection="SluiceServiceBus"
)
@blueprint.durable_client_input(client_name="client")
def on_quiet(message: func.ServiceBusMessage, client: Any) -> None:
    """The quiet period after a change in a folder is over."""
    from functions import intake

    intake.on_quiet(message, client)
