"""Settlement of a locked message, by disposition frame or by management request."""

import uuid
from collections.abc import Callable
from typing import Final

from local.service_bus.amqp.fields import Fields
from local.service_bus.amqp.frames import Outcome
from local.service_bus.amqp.types import DecodeError, Described, Symbol
from local.service_bus.errors import BrokerError
from local.service_bus.queue import Queue

_DEAD_LETTER: Final = "com.microsoft:dead-letter"


def settle(queue: Queue, token: uuid.UUID, outcome: Described) -> None:
    """Settle a message by the outcome of a delivery. Raises BrokerError, DecodeError."""
    match outcome.descriptor:
        case Outcome.ACCEPTED:
            queue.complete(token)
        case Outcome.RELEASED:
            queue.release(token)
        case Outcome.MODIFIED:
            undeliverable_here = Fields(outcome.value).flag(1)
            (queue.defer if undeliverable_here else queue.abandon)(token)
        case Outcome.REJECTED:
            queue.dead_letter(token, *_read_reason(outcome))
        case _:
            raise DecodeError("unknown outcome")


def settle_by_status(
    queue: Queue, token: uuid.UUID, status: str, reason: str | None, description: str | None
) -> None:
    """Settle by the `disposition-status` of a management request. Raises BrokerError."""
    if status == "suspended":
        queue.dead_letter(token, reason, description)
        return
    act = _actions(queue).get(status)
    if act is None:
        raise BrokerError.argument(f"disposition-status {status!r} is not supported.")
    act(token)


def _actions(queue: Queue) -> dict[str, Callable[[uuid.UUID], None]]:
    return {
        "completed": queue.complete,
        "abandoned": queue.abandon,
        "defered": queue.defer,  # the spelling of Service Bus
    }


def _read_reason(outcome: Described) -> tuple[str | None, str | None]:
    """Read reason and description of a dead letter from the error's info, else the error."""
    error = Fields(outcome.value).described(0)
    if error is None:
        return None, None
    fields = Fields(error.value)
    condition, description, info = fields.text(0), fields.text(1), fields.mapping(2)
    reason = info.get(Symbol("DeadLetterReason"), None if condition == _DEAD_LETTER else condition)
    described = info.get(Symbol("DeadLetterErrorDescription"), description)
    return _text(reason), _text(described)


def _text(value: object) -> str | None:
    return None if value is None else str(value)
