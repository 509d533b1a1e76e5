"""Whom Sluice tells."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Protocol

from shared.domain.requests.waiting_message import Incoming
from shared.ports.document import Json


class Bus(Protocol):
    """What Sluice sends."""

    def send_result(self, event: Json, *, message_id: str, correlation_id: str) -> None:
        """Put a result (a CloudEvent) on the results queue; sent twice, it is visible once."""

    def send_change(self, path: str, modified: str, *, delay: float) -> None:
        """Schedule the note that a blob changed, once for its folder and second of change."""

    def send_again(
        self,
        message: Incoming,
        *,
        message_id: str,
        properties: Mapping[str, str],
        at: datetime,
    ) -> None:
        """Put a copy of a message on the queue that it came from, to be delivered at that time."""

    def dead_letters(self) -> tuple[dict[str, Any], ...]:
        """What the queues that Sluice reads gave up on, oldest first; nothing is taken.

        Each with `queue`, `message_id`, `correlation_id`, `enqueued`, `deliveries`, `reason`,
        `description` and the beginning of its `body`.
        """


class Webhook(Protocol):
    """Where the operator wants results told, besides the queue."""

    def tell(self, event: Json) -> None:
        """POST a result, signed where there is a secret. Any answer but 2xx is a failure."""
