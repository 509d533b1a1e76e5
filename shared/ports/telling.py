"""Sending messages and results."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from shared.domain.requests.waiting_message import Incoming, Queue
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

        Each has `queue`, `id`, `message_id`, `correlation_id`, `enqueued`, `deliveries`, `reason`,
        `description` and the beginning of its `body`, without secrets.
        """

    def dead_letter(self, queue: Queue, letter: str) -> Incoming | None:
        """Read a dead letter by its id, where it lies; None if it is gone."""

    def remove_dead_letter(self, queue: Queue, letter: str) -> None:
        """Remove a dead letter. No error if it is gone."""


@dataclass(frozen=True)
class PoisonBlob:
    """A blob that the blob trigger gave up. `etag` without quotes; `since` ISO 8601 in UTC."""

    id: str
    path: str
    etag: str
    since: str


class PoisonBlobs(Protocol):
    """The blobs of the flows container that the blob trigger gave up."""

    def blobs(self) -> tuple[PoisonBlob, ...]:
        """The oldest 32; they stay where they are."""

    def remove(self, letter: str) -> None:
        """Remove one by its id. No error if it is gone."""


class Webhook(Protocol):
    """An address of the operator's that gets results too, besides the queue."""

    def send(self, event: Json) -> None:
        """POST a result, signed if there is a secret. Any answer but 2xx is a failure."""
