"""The unsettled deliveries of one AMQP session."""

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

    def recorder(self, queue: Queue) -> Callable[[int, uuid.UUID], None]:
        """Return a function that records delivery id and lock token of this queue's messages."""

        def note(delivery: int, token: uuid.UUID) -> None:
            self._held[delivery] = queue, token

        return note

    def settle(self, delivery: int, outcome: Described) -> Described:
        """Settle a delivery with this outcome, and return the answer. Raises DecodeError."""
        held = self._held.pop(delivery, None)
        try:
            if held is None:
                raise BrokerError.lock_lost()
            settle(*held, outcome)
        except BrokerError as why:
            return rejected(why)
        # The answer for a dead letter has no error: the SDK would treat it as a failure.
        return composite(Outcome.REJECTED) if outcome.descriptor == Outcome.REJECTED else outcome


def rejected(why: BrokerError) -> Described:
    return composite(Outcome.REJECTED, error(why.condition, why.description))
