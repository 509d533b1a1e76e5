"""Who makes a request, and its place among the requests for an endpoint."""

from dataclasses import dataclass

from shared.domain.access.caller import NOBODY, Caller
from shared.domain.requests.request import Door, MessageName, make_order
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
    """

    door: Door
    key: str | None = None
    asked: str | None = None
    caller: Caller = NOBODY
    message: MessageName | None = None


def take_order(ports: Ports, requester: Requester) -> str:
    """Return the order of a request that is being accepted. Costs a call, but not for a message."""
    if requester.message is not None and requester.asked is not None:
        return make_order(requester.asked)
    at, number = ports.ledger.take_number()
    return make_order(requester.asked or at, at, number)
