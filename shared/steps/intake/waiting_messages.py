"""Messages wait on their queue during an outage; after too long they get a rejected result."""

import json
import logging
from collections.abc import Callable

from shared.domain.errors import Rejected, rejected
from shared.domain.masking import masked
from shared.domain.requests.request import MessageName, stamp
from shared.domain.requests.waiting_message import Incoming, copy_of, due, waited_enough
from shared.ports import Ports
from shared.steps.intake.accept import Accepted, Requester, accept_rejected
from shared.steps.intake.doors import accept_message
from shared.steps.intake.folders import accept_folder_change
from shared.steps.intake.joined_messages import add_message

_log = logging.getLogger(__name__)

type Take = Callable[[Ports, Incoming], Accepted | None]


def accept(ports: Ports, message: Incoming) -> Accepted | None:
    """Accept a message of either queue as a request."""
    if message.queue == "changes":
        change = json.loads(message.body)
        return accept_folder_change(ports, change["path"], change["modified"])
    return accept_message(
        ports,
        message.body,
        message_id=message.id,
        enqueued=message.first,
        correlation_id=message.correlation,
    )


def accept_or_requeue(ports: Ports, message: Incoming, take: Take = accept) -> Accepted | None:
    """Accept a message, or put it back on its queue; None if nothing is to be started now.

    A message that cannot be accepted now is sent again as a scheduled copy, and this one is
    completed. A crash between the two leaves both; the copy has the same message id, so both are
    one job. This raises only if the bus does not take the copy; the queue then redelivers.

    `take`: accepts the message.
    """
    try:
        return take(ports, message)
    except Exception as failure:
        if waited_enough(message, failure):
            _log.exception("Message %s is given up after %d tries", message.id, message.tries)
            if message.queue == "changes":
                return None  # the sweep finds the folder
            return _reject(ports, message, failure)
        _requeue(ports, message, failure)
        return None


def _requeue(ports: Ports, message: Incoming, failure: Exception) -> None:
    name, properties = copy_of(message)
    at = due(message, failure, ports.now())
    ports.bus.requeue(message, message_id=name, properties=properties, at=at)
    why = masked(f"{type(failure).__name__}: {failure}")
    _log.warning("Message %s is tried again at %s: %s", message.id, stamp(at), why)


def _reject(ports: Ports, message: Incoming, failure: Exception) -> Accepted | None:
    """Make a rejected job, so that the sender gets a result; wait on if storage is down."""
    cause = masked(f"Sluice gave up after trying for too long: {failure}").rstrip(".")
    why = rejected("message", cause, "Send it again under another message id")
    try:
        return reject_message(ports, message, why)
    except Exception as again:
        _requeue(ports, message, again)
        return None


def reject_message(ports: Ports, message: Incoming, why: Rejected) -> Accepted:
    """Make a rejected job of a message, so that its sender gets a result."""
    name = MessageName(id=message.id, correlation=message.correlation)
    asked = stamp(message.first) if message.first is not None else None
    requester = Requester("bus", key=f"bus:{message.id}", asked=asked, message=name)
    accepted = accept_rejected(ports, message.body.decode(errors="replace"), why, requester)
    add_message(ports, accepted.job, name)
    return accepted
