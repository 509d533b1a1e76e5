"""Who makes a request, and its place among the requests for an endpoint."""

from dataclasses import dataclass, replace

from shared.domain.access.caller import NOBODY, Caller
from shared.domain.requests.request import Door, MessageName, make_order, order_key
from shared.ports import Ports


@dataclass(frozen=True)
class Requester:
    """Who makes a request, and when.

    Attributes:
        door: the door that the request came through.
        key: its idempotency key, if any.
        asked: the time of the request by Azure's clock, ISO 8601 with its fraction; None for now.
        caller: the person, if known.
        message: the Service Bus message that holds the request, if any.
        order: its place, if it is known already.
    """

    door: Door
    key: str | None = None
    asked: str | None = None
    caller: Caller = NOBODY
    message: MessageName | None = None
    order: str = ""


def take_order(ports: Ports, requester: Requester) -> str:
    """Return the order of a request that is being accepted.

    Costs a call, but not for a message, nor if the order is known already.
    """
    if requester.order:
        return requester.order
    if requester.message is not None and requester.asked is not None:
        return make_order(requester.asked)
    at, number = ports.ledger.take_number()
    return make_order(requester.asked or at, at, number)


def placed(ports: Ports, requester: Requester, *, order: str, written: str = "") -> Requester:
    """The requester with its place.

    A late message, or a call that is tried again, may ask for what was written after it: then its
    place is that of the writing, so that it is never older than what it deploys.

    Args:
        ports: the services.
        requester: who makes the request.
        order: the place that it had when it was first tried; empty if this is the first try.
        written: when its source was written, by storage's clock; empty if it is no drop.
    """
    order = order or take_order(ports, requester)
    if written:
        order = max(order, make_order(written), key=order_key)
    return replace(requester, order=order)
