"""What comes through a door, and the job that it becomes; None where there is nothing to do."""

from datetime import datetime

from shared.domain.errors import Rejected, rejected
from shared.domain.requests.request import BlobSource, MessageName, stamp
from shared.domain.requests.request_body import parse_asked
from shared.ports import Ports
from shared.steps.intake.accept import Accepted, Asker, KeyReused, accept_asked, accept_refused
from shared.steps.intake.dropped import take
from shared.steps.intake.folders import flow_folder
from shared.steps.intake.joined_messages import join


def take_drop(ports: Ports, path: str) -> Accepted | None:
    """A blob was written: a zip is a flow; a file of a flow's folder is noted for later."""
    found = ports.flows.stat(path)
    if found is None:
        return None
    if path.lower().endswith(".zip") and flow_folder(ports, path) is None:
        return take(ports, BlobSource(path=path, etag=found.etag), found.modified)
    if "/" in path:
        ports.bus.schedule_change(path, found.modified, delay=ports.quiet_period)
    return None


def take_message(
    ports: Ports,
    body: bytes,
    *,
    message_id: str,
    enqueued: datetime | None,
    correlation_id: str = "",
) -> Accepted:
    """A message asks for a deployment. One that asks for nothing possible gets a job, too.

    Raises AzureFailure and SourceMoved: then the message must come again.
    """
    name = MessageName(id=message_id, correlation=correlation_id)
    asked = stamp(enqueued) if enqueued is not None else None
    asker = Asker("bus", key=f"bus:{message_id}", asked=asked, message=name)
    try:
        accepted = accept_asked(ports, parse_asked(body), asker)
    except Rejected as refused:
        accepted = accept_refused(ports, body.decode(errors="replace"), refused, asker)
    except KeyReused as reused:
        why = rejected("message", str(reused), "Give each request a message id of its own")
        accepted = accept_refused(ports, body.decode(errors="replace"), why, asker)
    join(ports, accepted.job, name)
    return accepted
