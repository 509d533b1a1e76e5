"""`<queue>/$management`: operations by request and response.

https://learn.microsoft.com/azure/service-bus-messaging/service-bus-amqp-request-response
"""

from collections.abc import Callable
from typing import Final

from local.service_bus.amqp.types import Array, Int, Long, Symbol, Timestamp
from local.service_bus.arguments import Arguments
from local.service_bus.arrival import read_message
from local.service_bus.errors import BrokerError
from local.service_bus.queue import Queue
from local.service_bus.requests import Request, Response
from local.service_bus.settlement import settle_by_status

_TRACKING: Final = "com.microsoft:tracking-id"
RECEIVE_AND_DELETE: Final = 0


def management(queue: Queue) -> Callable[[Request], Response]:
    """Return the function that answers requests about this queue."""

    def answer(request: Request) -> Response:
        try:
            operation = _operation(request)
            body = operation(queue, Arguments(request.body))
        except BrokerError as error:
            return _refusal(request, error)
        return _response(request, 204 if body is None else 200, "OK", body)

    return answer


def _operation(request: Request) -> Callable[[Queue, Arguments], object]:
    operation = OPERATIONS.get(str(request.properties.get("operation")))
    if operation is None:
        raise BrokerError("amqp:not-implemented", "The operation is not known.", 501)
    return operation


def _response(
    request: Request, status: int, description: str, body: object, condition: str | None = None
) -> Response:
    properties: dict[str, object] = {"statusCode": Int(status), "statusDescription": description}
    if condition is not None:
        properties["errorCondition"] = Symbol(condition)
    if _TRACKING in request.properties:
        properties[_TRACKING] = request.properties[_TRACKING]
    return Response(properties, body)


def _refusal(request: Request, error: BrokerError) -> Response:
    return _response(request, error.status, error.description, None, error.condition)


def _schedule(queue: Queue, arguments: Arguments) -> object:
    numbers = queue.accept([read_message(raw) for raw in arguments.contents("messages")])
    return {"sequence-numbers": Array(Long, numbers)}


def _cancel(queue: Queue, arguments: Arguments) -> object:
    queue.cancel(arguments.numbers("sequence-numbers"))
    return {}


def _renew(queue: Queue, arguments: Arguments) -> object:
    expirations = [queue.renew(token) for token in arguments.tokens("lock-tokens")]
    return {"expirations": Array(Timestamp, expirations)}


def _peek(queue: Queue, arguments: Arguments) -> object:
    start, most = arguments.number("from-sequence-number"), arguments.number("message-count")
    contents = queue.peek(start, most)
    return {"messages": [{"message": content} for content in contents]} if contents else None


def _receive_deferred(queue: Queue, arguments: Arguments) -> object:
    settles = arguments.number("receiver-settle-mode", 1) != RECEIVE_AND_DELETE
    received = queue.receive_deferred(arguments.numbers("sequence-numbers"), settles=settles)
    return {"messages": [{"message": content, "lock-token": token} for token, content in received]}


def _settle(queue: Queue, arguments: Arguments) -> object:
    tokens = arguments.tokens("lock-tokens")
    for token in tokens:  # all or none
        queue.check(token)
    reason = arguments.text("deadletter-reason")
    description = arguments.text("deadletter-description")
    for token in tokens:
        status = arguments.text("disposition-status") or ""
        settle_by_status(queue, token, status, reason, description)
    return {}


OPERATIONS: Final[dict[str, Callable[[Queue, Arguments], object]]] = {
    "com.microsoft:schedule-message": _schedule,
    "com.microsoft:cancel-scheduled-message": _cancel,
    "com.microsoft:renew-lock": _renew,
    "com.microsoft:peek-message": _peek,
    "com.microsoft:receive-by-sequence-number": _receive_deferred,
    "com.microsoft:update-disposition": _settle,
}
