"""Who makes a request, and its place among the requests for an endpoint."""

from dataclasses import dataclass

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
        order: its place, if it is known already; else empty.
        written: when its source was written, by storage's clock; empty if it is no drop.
    """

    door: Door
    key: str | None = None
    asked: str | None = None
    caller: Caller = NOBODY
    message: MessageName | None = None
    order: str = ""
    written: str = ""


def take_order(ports: Ports, requester: Requester) -> str:
    """Return the place of a request that is being accepted.

    A late message, or a call that is tried again, may ask for what was written after it: then its
    place is that of the writing, so that it is never older than what it deploys. Costs a call, but
    not for a message, nor for a call that is tried again.
    """
    order = requester.order or _new_order(ports, requester)
    if not requester.written:
        return order
    return max(order, make_order(requester.written), key=order_key)


def _new_order(ports: Ports, requester: Requester) -> str:
    if requester.message is not None and requester.asked is not None:
        return make_order(requester.asked)
    at, number = ports.ledger.take_number()
    return make_order(requester.asked or at, at, number)
