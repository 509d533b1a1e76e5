"""One queue of Service Bus, with a sender that is kept."""

import contextlib
import threading
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from azure.core.credentials import TokenCredential

from shared.domain.failure import Denied, Refused, Unavailable

if TYPE_CHECKING:
    from azure.servicebus import ServiceBusClient, ServiceBusMessage, ServiceBusSender

SEND_SECONDS = 8.0


def open_bus(
    *,
    connection_string: str | None = None,
    namespace: str | None = None,
    credential: TokenCredential | None = None,
) -> "ServiceBusClient":
    """A namespace, from its connection string or its full name and a credential."""
    from azure.servicebus import ServiceBusClient  # noqa: PLC0415 - slow to import

    # One retry, after half a second: a link that Service Bus closed for being idle is opened anew.
    if connection_string:
        return ServiceBusClient.from_connection_string(
            connection_string, retry_total=1, retry_backoff_factor=0.5
        )
    if namespace is None or credential is None:
        raise ValueError("a bus needs a connection string, or a namespace and a credential")
    return ServiceBusClient(namespace, credential, retry_total=1, retry_backoff_factor=0.5)


class KeptSender:
    """One sender behind a lock; where it fails, a new one tries once more."""

    def __init__(self, connect: "Callable[[], ServiceBusClient]", queue: str) -> None:
        self._connect = connect
        self._queue = queue
        self._lock = threading.Lock()
        self._open: tuple[ServiceBusClient, ServiceBusSender] | None = None

    def send(self, message: "ServiceBusMessage") -> None:
        """Return when the queue has taken the message."""
        with self._lock:
            try:
                self._send(message)
            except Unavailable:
                self._drop()
                self._send(message)

    def close(self) -> None:
        """End the connection."""
        with self._lock:
            self._drop()

    def _send(self, message: "ServiceBusMessage") -> None:
        with _translated():
            if self._open is None:
                client = self._connect()
                self._open = client, client.get_queue_sender(self._queue)
            self._open[1].send_messages(message, timeout=SEND_SECONDS)

    def _drop(self) -> None:
        if self._open is not None:
            client, sender = self._open
            self._open = None
            with contextlib.suppress(Exception):  # it is broken already
                sender.close()
                client.close()


@contextlib.contextmanager
def _translated() -> Iterator[None]:
    from azure.servicebus import exceptions as known  # noqa: PLC0415 - slow to import

    try:
        yield
    except (known.ServiceBusAuthenticationError, known.ServiceBusAuthorizationError) as error:
        raise Denied(type(error).__name__, str(error)) from error
    except (known.MessageSizeExceededError, known.MessagingEntityNotFoundError) as error:
        raise Refused(type(error).__name__, str(error)) from error
    except (known.ServiceBusError, OSError, TimeoutError) as error:
        raise Unavailable(type(error).__name__, str(error)) from error
