"""Sending messages and results."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Protocol

from shared.domain.requests.waiting_message import Incoming
from shared.ports.document import Json


class Bus(Protocol):
    """Sends to the Service Bus queues."""

    def send_result(self, event: Json, *, message_id: str, correlation_id: str) -> None:
        """Put a result (a CloudEvent) on the results queue; the queue drops duplicates."""

    def schedule_change(self, path: str, modified: str, *, delay: float) -> None:
        """Schedule a message that a blob changed; one per folder and second of change.

        `delay`: seconds after the change until it is delivered.
        """

    def requeue(
        self,
        message: Incoming,
        *,
        message_id: str,
        properties: Mapping[str, str],
        at: datetime,
    ) -> None:
        """Put a copy of a message on its own queue, to be delivered at that time."""

    def dead_letters(self) -> tuple[dict[str, Any], ...]:
        """Peek at the dead letters of the queues that Sluice reads, oldest first.

        Each has `queue`, `message_id`, `correlation_id`, `enqueued`, `deliveries`, `reason`,
        `description` and the beginning of its `body`.
        """


class Webhook(Protocol):
    """An address of the operator's that gets results too, besides the queue."""

    def send(self, event: Json) -> None:
        """POST a result, signed if there is a secret. Any answer but 2xx is a failure."""
