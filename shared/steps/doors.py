"""What comes through a door, and the job that it becomes; None where there is nothing to do."""

from datetime import datetime

from shared.domain.errors import Rejected, rejected
from shared.domain.intake import parse_asked
from shared.domain.job import stamp
from shared.ports import Ports
from shared.steps.accept import (
    Accepted,
    KeyReused,
    SourceMoved,
    accept,
    accept_asked,
    accept_refused,
)
from shared.steps.folders import flow_folder
from shared.steps.resolve import blob_source


def take_drop(ports: Ports, path: str) -> Accepted | None:
    """A blob was written: a zip is a flow; a file of a flow's folder is noted for later."""
    found = ports.flows.stat(path)
    if found is None:
        return None
    if path.lower().endswith(".zip") and flow_folder(ports, path) is None:
        try:
            return accept(ports, blob_source(ports, path), {}, door="blob", order=found.modified)
        except (SourceMoved, Rejected):  # it was overwritten or deleted: that has its own event
            return None
    if "/" in path:
        ports.bus.send_change(path, found.modified, delay=ports.quiet_period)
    return None


def take_message(ports: Ports, body: bytes, *, message_id: str, enqueued: datetime) -> Accepted:
    """A message asks for a deployment. One that asks for nothing possible gets a job, too.

    Raises AzureFailure and SourceMoved: then the message must come again.
    """
    order, key = stamp(enqueued), f"bus:{message_id}"
    try:
        return accept_asked(ports, parse_asked(body), door="bus", key=key, order=order)
    except Rejected as refused:
        return accept_refused(ports, body.decode(errors="replace"), refused, key=key, order=order)
    except KeyReused as reused:
        why = rejected("message", str(reused), "Give each request a message id of its own")
        return accept_refused(ports, body.decode(errors="replace"), why, key=key, order=order)
