"""What Sluice sends, over Service Bus."""

import hashlib
import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from shared.adapters.dead_letters import peeked
from shared.adapters.sender import SEND_SECONDS, KeptSender
from shared.domain.jobs.result_message import written
from shared.domain.requests.waiting_message import Incoming
from shared.ports import Json

if TYPE_CHECKING:
    from azure.servicebus import ServiceBusClient


class ServiceBus:
    """Three queues, each with one sender that is kept: to open one takes half a second.

    Args:
        connect: gives a new client.
        requests: the queue for requests.
        results: the queue for results.
        changes: the queue for notes of changes.
        seconds: how long one try to send may take; there are two.
    """

    def __init__(
        self,
        connect: "Callable[[], ServiceBusClient]",
        *,
        requests: str,
        results: str,
        changes: str,
        seconds: float = SEND_SECONDS,
    ) -> None:
        self._connect = connect
        self._read = {requests: "requests", changes: "changes"}
        self._requests = KeptSender(connect, requests, seconds=seconds)
        self._results = KeptSender(connect, results, seconds=seconds)
        self._changes = KeptSender(connect, changes, seconds=seconds)

    def send_result(self, event: Json, *, message_id: str, correlation_id: str) -> None:
        """The queue drops a message whose id it has seen in its window."""
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
        """A hundred files of a folder that change within a second are one message."""
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
        """The queue may detect duplicates: the same copy sent twice is one."""
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
        """Two connections, one after the other."""
        return peeked(self._connect, self._read)

    def close(self) -> None:
        """End its connections."""
        self._requests.close()
        self._results.close()
        self._changes.close()


def quiet_at(modified: str, delay: float) -> datetime:
    """When so many seconds have passed since a change, by Azure's clocks alone.

    Storage tells whole seconds, so the change may have come almost one later.
    """
    return datetime.fromisoformat(modified).astimezone(UTC) + timedelta(seconds=1 + delay)


def change_id(path: str, modified: str) -> str:
    """The same for every file of a folder that changed in the same second."""
    second = datetime.fromisoformat(modified).astimezone(UTC).replace(microsecond=0)
    folder = path.rpartition("/")[0]
    return hashlib.sha256(f"{folder}\n{second.isoformat()}".encode()).hexdigest()
