"""The bus port on Service Bus."""

import hashlib
import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from shared.adapters.dead_letters import DeadLetters
from shared.adapters.sender import SEND_SECONDS, KeptSender
from shared.domain.jobs.result_message import written
from shared.domain.requests.waiting_message import Incoming, Queue
from shared.ports import Json
from shared.ports.telemetry import SILENT, Telemetry

if TYPE_CHECKING:
    from azure.servicebus import ServiceBusClient


class ServiceBus:
    """Three queues, each with one sender that stays open: opening one takes half a second.

    Args:
        connect: makes a new client.
        requests: the queue of requests.
        results: the queue of results.
        changes: the queue of changes in folders.
        seconds: the time limit of one try to send; there are two tries.
        telemetry: is told of each message that is sent.
    """

    def __init__(
        self,
        connect: "Callable[[], ServiceBusClient]",
        *,
        requests: str,
        results: str,
        changes: str,
        seconds: float = SEND_SECONDS,
        telemetry: Telemetry = SILENT,
    ) -> None:
        self._dead = DeadLetters(connect, {"requests": requests, "changes": changes})
        how: dict[str, Any] = {"seconds": seconds, "telemetry": telemetry}
        self._requests = KeptSender(connect, requests, **how)
        self._results = KeptSender(connect, results, **how)
        self._changes = KeptSender(connect, changes, **how)

    def send_result(self, event: Json, *, message_id: str, correlation_id: str) -> None:
        """The queue drops a message whose id it has already seen within its window."""
        from azure.servicebus import ServiceBusMessage  # noqa: PLC0415 - slow to import

        self._results.send(
            ServiceBusMessage(
                written(event),
                message_id=message_id,
                correlation_id=correlation_id,
                content_type="application/cloudevents+json",
                subject=str(event.get("type") or ""),
            )
        )

    def schedule_change(self, path: str, modified: str, *, delay: float) -> None:
        """All changes of a folder within one second share one message id."""
        from azure.servicebus import ServiceBusMessage  # noqa: PLC0415 - slow to import

        self._changes.send(
            ServiceBusMessage(
                json.dumps({"path": path, "modified": modified}, ensure_ascii=False),
                message_id=change_id(path, modified),
                content_type="application/json",
                scheduled_enqueue_time_utc=quiet_at(modified, delay),
            )
        )

    def requeue(
        self,
        message: Incoming,
        *,
        message_id: str,
        properties: Mapping[str, str],
        at: datetime,
    ) -> None:
        """Two sends of the same copy have one message id, so the queue can drop the second."""
        from azure.servicebus import ServiceBusMessage  # noqa: PLC0415 - slow to import

        sender = self._requests if message.queue == "requests" else self._changes
        sender.send(
            ServiceBusMessage(
                message.body,
                message_id=message_id,
                correlation_id=message.correlation or None,
                application_properties={key: value for key, value in properties.items()},  # noqa: C416
                scheduled_enqueue_time_utc=at,
            )
        )

    def dead_letters(self) -> tuple[dict[str, Any], ...]:
        """Two new connections, one after the other."""
        return self._dead.peek()

    def dead_letter(self, queue: Queue, letter: str) -> Incoming | None:
        """One new connection."""
        return self._dead.find(queue, letter)

    def remove_dead_letter(self, queue: Queue, letter: str) -> None:
        """One new connection; every dead letter before it counts one delivery more."""
        self._dead.remove(queue, letter)

    def close(self) -> None:
        """Close the connections."""
        self._requests.close()
        self._results.close()
        self._changes.close()


def quiet_at(modified: str, delay: float) -> datetime:
    """The time `delay` seconds after a change, by Azure's clocks only.

    Blob times have 1 s resolution, so the change may be almost a second later than stated.
    """
    return datetime.fromisoformat(modified).astimezone(UTC) + timedelta(seconds=1 + delay)


def change_id(path: str, modified: str) -> str:
    """A message id, the same for all files of a folder that changed in the same second."""
    second = datetime.fromisoformat(modified).astimezone(UTC).replace(microsecond=0)
    folder = path.rpartition("/")[0]
    return hashlib.sha256(f"{folder}\n{second.isoformat()}".encode()).hexdigest()
