"""Whom Sluice tells."""

from typing import Protocol

from shared.ports.document import Json


class Bus(Protocol):
    """What Sluice sends."""

    def send_result(self, event: Json, *, message_id: str, correlation_id: str) -> None:
        """Put a result (a CloudEvent) on the results queue; sent twice, it is visible once."""

    def send_change(self, path: str, modified: str, *, delay: float) -> None:
        """Schedule the note that a blob changed, once for its folder and second of change."""


class Webhook(Protocol):
    """Where the operator wants results told, besides the queue."""

    def tell(self, event: Json) -> None:
        """POST a result, signed where there is a secret. Any answer but 2xx is a failure."""
