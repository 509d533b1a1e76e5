"""Messages wait out an outage on their queue, and are told where waiting did not help."""

import json
import logging

from shared.domain.errors import rejected
from shared.domain.masking import masked
from shared.domain.requests.request import MessageName, stamp
from shared.domain.requests.waiting_message import Incoming, copy_of, due, waited_enough
from shared.ports import Ports
from shared.steps.intake.accept import Accepted, Asker, accept_refused
from shared.steps.intake.doors import take_message
from shared.steps.intake.folders import take_change
from shared.steps.intake.joined_messages import join

_log = logging.getLogger(__name__)


def take_incoming(ports: Ports, message: Incoming) -> Accepted | None:
    """The job of a message; None where there is nothing to start now.

    What cannot be taken now is put on its queue again for later, and then this one is done with.
    A crash between the two leaves both: the copy has the same identity, so they are one job. Only
    where the bus does not take the copy does this raise; then the queue delivers the message again.
    """
    try:
        return _take(ports, message)
    except Exception as failure:
        if waited_enough(message, failure):
            _log.exception("Message %s is given up after %d tries", message.id, message.tries)
            if message.queue == "changes":
                return None  # the sweep looks at the folder itself
            return _given_up(ports, message, failure)
        _wait(ports, message, failure)
        return None


def _take(ports: Ports, message: Incoming) -> Accepted | None:
    if message.queue == "changes":
        change = json.loads(message.body)
        return take_change(ports, change["path"], change["modified"])
    return take_message(
        ports,
        message.body,
        message_id=message.id,
        enqueued=message.first,
        correlation_id=message.correlation,
    )


def _wait(ports: Ports, message: Incoming, failure: Exception) -> None:
    name, properties = copy_of(message)
    at = due(message, failure, ports.now())
    ports.bus.requeue(message, message_id=name, properties=properties, at=at)
    why = masked(f"{type(failure).__name__}: {failure}")
    _log.warning("Message %s is tried again at %s: %s", message.id, stamp(at), why)


def _given_up(ports: Ports, message: Incoming, failure: Exception) -> Accepted | None:
    """A rejected job, so that its sender has a result. Storage may be what is away: then wait."""
    name = MessageName(id=message.id, correlation=message.correlation)
    asked = stamp(message.first) if message.first is not None else None
    asker = Asker("bus", key=f"bus:{message.id}", asked=asked, message=name)
    cause = masked(f"It could not be taken for so long that Sluice gave up: {failure}").rstrip(".")
    why = rejected("message", cause, "Send it again under another message id")
    try:
        text = message.body.decode(errors="replace")
        accepted = accept_refused(ports, text, why, asker)
        join(ports, accepted.job, name)
    except Exception as again:
        _wait(ports, message, again)
        return None
    return accepted
