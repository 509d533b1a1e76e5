"""Blobs that the blob trigger gave up: the host's own queue, in the account of the blobs.

After five tries the host puts a message there, whatever the trigger's source ('Azure Blob storage
trigger for Azure Functions', Poison blobs).
"""

import base64
import json
from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Any

from azure.core.credentials import TokenCredential
from azure.core.exceptions import ResourceNotFoundError

from shared.adapters.blobs import BOUNDS
from shared.adapters.translation import translated
from shared.domain.failure import Unavailable
from shared.domain.requests.request import stamp
from shared.ports.telling import PoisonBlob

if TYPE_CHECKING:
    from azure.storage.queue import QueueClient, QueueMessage

QUEUE = "webjobs-blobtrigger-poison"
_MOST = 32
"""Storage gives no more at once ('Peek Messages', 'Get Messages')."""
_HELD = 30
"""Seconds for which messages are held while one of them is removed."""


def open_poison(
    *,
    connection_string: str | None,
    account_url: str | None,
    credential: TokenCredential,
    container: str,
) -> "PoisonQueue | None":
    """Open the queue by connection string, or by the queue service's URL; None without either."""
    if not connection_string and not account_url:
        return None

    def connect() -> "QueueClient":
        from azure.storage.queue import QueueServiceClient  # noqa: PLC0415 - slow to import

        if connection_string:
            service = QueueServiceClient.from_connection_string(connection_string, **BOUNDS)
        else:
            service = QueueServiceClient(str(account_url), credential=credential, **BOUNDS)
        return service.get_queue_client(QUEUE)

    return PoisonQueue(connect, container)


class PoisonQueue:
    """The messages about blobs of one container; the queue may have others'.

    Args:
        connect: opens the queue.
        container: the flows container.
    """

    def __init__(self, connect: "Callable[[], QueueClient]", container: str) -> None:
        self._connect = connect
        self._container = container

    def blobs(self) -> tuple[PoisonBlob, ...]:
        """One call."""
        with translated(), self._connect() as queue:
            return tuple(
                blob
                for it in _found(lambda: queue.peek_messages(_MOST))
                if (blob := self._read(it))
            )

    def remove(self, letter: str) -> None:
        """Three calls, and one for each message that is taken with it, to give it back."""
        if all(it.id != letter for it in self.blobs()):
            return
        with translated(), self._connect() as queue:
            held = queue.receive_messages(
                messages_per_page=_MOST, max_messages=_MOST, visibility_timeout=_HELD
            )
            taken = {str(it.id): it for it in held}
            mine = taken.pop(letter, None)
            try:
                if mine is not None:
                    queue.delete_message(mine)
            finally:
                for other in taken.values():
                    queue.update_message(other, visibility_timeout=0)
        if mine is None:
            raise Unavailable("DeadLetterLocked", "Somebody else holds the dead letter just now")

    def _read(self, message: "QueueMessage") -> PoisonBlob | None:
        told = _content(str(message.content))
        if told.get("ContainerName") != self._container or not told.get("BlobName"):
            return None
        when = message.inserted_on
        return PoisonBlob(
            id=str(message.id),
            path=str(told["BlobName"]),
            etag=str(told.get("ETag") or "").strip('"'),
            since=stamp(when) if isinstance(when, datetime) else "",
        )


def _found(read: "Callable[[], list[QueueMessage]]") -> "list[QueueMessage]":
    """The messages; none if there is no queue yet, as the host makes it with the first one."""
    try:
        return read()
    except ResourceNotFoundError:
        return []


def _content(text: str) -> dict[str, Any]:
    """Read a message of the host's: JSON, by default in base64."""
    try:
        plain = text if text.lstrip().startswith("{") else base64.b64decode(text, validate=True)
        read = json.loads(plain)
    except ValueError:
        return {}
    return read if isinstance(read, dict) else {}
