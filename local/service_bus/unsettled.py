"""The deliveries of one AMQP session that its client has still to settle."""

import uuid
from collections.abc import Callable

from local.service_bus.amqp.frames import Outcome, composite, error
from local.service_bus.amqp.types import Described
from local.service_bus.errors import BrokerError
from local.service_bus.queue import Queue
from local.service_bus.settlement import settle


class Unsettled:
    def __init__(self) -> None:
        self._held: dict[int, tuple[Queue, uuid.UUID]] = {}

    def noter(self, queue: Queue) -> Callable[[int, uuid.UUID], None]:
        """What notes the delivery id and lock token of each message out of this queue."""

        def note(delivery: int, token: uuid.UUID) -> None:
            self._held[delivery] = queue, token

        return note

    def settle(self, delivery: int, outcome: Described) -> Described:
        """Settle a delivery as the client says; the outcome to answer with. Raises DecodeError."""
        held = self._held.pop(delivery, None)
        try:
            if held is None:
                raise BrokerError.lock_lost()
            settle(*held, outcome)
        except BrokerError as why:
            return rejected(why)
        # A dead letter's echo carries no error: the SDK would take it for a failure.
        return composite(Outcome.REJECTED) if outcome.descriptor == Outcome.REJECTED else outcome


def rejected(why: BrokerError) -> Described:
    return composite(Outcome.REJECTED, error(why.condition, why.description))
