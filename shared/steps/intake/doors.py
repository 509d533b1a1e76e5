"""The blob door and the message door: each event becomes a job, or None if nothing is to do."""

from datetime import datetime

from shared.domain.errors import Rejected, rejected
from shared.domain.requests.request import MessageName, stamp
from shared.domain.requests.request_body import parse_asked
from shared.domain.requests.source import BlobSource
from shared.ports import Ports
from shared.steps.intake.accept import (
    Accepted,
    KeyReused,
    Requester,
    accept_rejected,
    accept_request,
)
from shared.steps.intake.dropped import accept_dropped
from shared.steps.intake.folders import find_flow_folder
from shared.steps.intake.joined_messages import add_message


def accept_drop(ports: Ports, path: str) -> Accepted | None:
    """Accept a blob that was written: a zip at once, a file in a folder after the quiet period."""
    found = ports.flows.stat(path)
    if found is None:
        return None
    if path.lower().endswith(".zip") and find_flow_folder(ports, path) is None:
        return accept_dropped(ports, BlobSource(path=path, etag=found.etag), found.modified)
    if "/" in path:
        ports.bus.schedule_change(path, found.modified, delay=ports.quiet_period)
    return None


def accept_message(
    ports: Ports,
    body: bytes,
    *,
    message_id: str,
    enqueued: datetime | None,
    correlation_id: str = "",
) -> Accepted:
    """Accept a message that requests a deployment. An invalid one gets a rejected job.

    Raises AzureFailure and SourceChanged; the message must then be delivered again.
    """
    name = MessageName(id=message_id, correlation=correlation_id)
    asked = stamp(enqueued) if enqueued is not None else None
    requester = Requester("bus", key=f"bus:{message_id}", asked=asked, message=name)
    try:
        accepted = accept_request(ports, parse_asked(body), requester)
    except Rejected as refused:
        accepted = accept_rejected(ports, body.decode(errors="replace"), refused, requester)
    except KeyReused as reused:
        why = rejected("message", str(reused), "Give each request a message id of its own")
        accepted = accept_rejected(ports, body.decode(errors="replace"), why, requester)
    add_message(ports, accepted.job, name)
    return accepted
