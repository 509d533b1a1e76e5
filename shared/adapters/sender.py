"""A sender for one Service Bus queue that stays open."""

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from azure.core.credentials import TokenCredential

from shared.adapters.deadline import Lane, within
from shared.domain.failure import Denied, Refused, Unavailable
from shared.ports.telemetry import SILENT, Telemetry

if TYPE_CHECKING:
    from azure.servicebus import ServiceBusClient, ServiceBusMessage, ServiceBusSender

SEND_SECONDS = 8.0
"""The time limit of one try. The second try, on a new connection, is the last."""

CLOSE_SECONDS = 2.0


def open_bus(
    *,
    connection_string: str | None = None,
    namespace: str | None = None,
    credential: TokenCredential | None = None,
) -> "ServiceBusClient":
    """Open a namespace, by its connection string or by its full name and a credential."""
    from azure.servicebus import ServiceBusClient  # noqa: PLC0415 - slow to import

    # One retry, after half a second: a link that Service Bus closed for being idle is opened anew.
    if connection_string:
        return ServiceBusClient.from_connection_string(
            connection_string, retry_total=1, retry_backoff_factor=0.5
        )
    if namespace is None or credential is None:
        raise ValueError("Set SluiceServiceBus or SluiceServiceBus__fullyQualifiedNamespace")
    return ServiceBusClient(namespace, credential, retry_total=1, retry_backoff_factor=0.5)


class KeptSender:
    """One sender behind a lock. If the open sender fails, a new one replaces it.

    The SDK waits forever for the first frame of a connection, so each try ends after `seconds`. One
    thread sends at a time. If the bus is silent, other threads wait for one second and then fail,
    to try again later; so a silent bus holds one thread, and not every thread of the app.
    """

    def __init__(
        self,
        connect: "Callable[[], ServiceBusClient]",
        queue: str,
        *,
        seconds: float,
        telemetry: Telemetry = SILENT,
    ) -> None:
        self._connect = connect
        self._queue = queue
        self._seconds = seconds
        self._telemetry = telemetry
        self._lane = Lane()
        self._kept: _Link | None = None

    def send(self, message: "ServiceBusMessage") -> None:
        """Send a message; returns when the queue has accepted it."""
        with self._telemetry.call("service bus", "SEND", self._queue), self._lane.taken():
            if self._kept is not None:
                try:
                    within(self._seconds, partial(self._kept.send, message))
                except Unavailable:
                    self._drop()
                else:
                    return
            self._kept = within(self._seconds, partial(self._begin, message))

    def close(self) -> None:
        """Close the connection."""
        with self._lane.taken():
            self._drop()

    def _begin(self, message: "ServiceBusMessage") -> "_Link":
        with translated_bus():
            client = self._connect()
            link = _Link(client, client.get_queue_sender(self._queue))
        link.send(message)
        return link

    def _drop(self) -> None:
        if self._kept is not None:
            with contextlib.suppress(Unavailable):
                within(CLOSE_SECONDS, self._kept.close)
            self._kept = None


@dataclass(frozen=True)
class _Link:
    client: "ServiceBusClient"
    sender: "ServiceBusSender"

    def send(self, message: "ServiceBusMessage") -> None:
        with translated_bus():
            self.sender.send_messages(message, timeout=SEND_SECONDS)

    def close(self) -> None:
        with contextlib.suppress(Exception):  # it may be broken already
            self.sender.close()
            self.client.close()


@contextlib.contextmanager
def translated_bus() -> Iterator[None]:
    """Translate the SDK's exceptions to `AzureFailure`."""
    from azure.servicebus import exceptions as known  # noqa: PLC0415 - slow to import

    try:
        yield
    except (known.ServiceBusAuthenticationError, known.ServiceBusAuthorizationError) as error:
        raise Denied(type(error).__name__, str(error)) from error
    except (known.MessageSizeExceededError, known.MessagingEntityNotFoundError) as error:
        raise Refused(type(error).__name__, str(error)) from error
    except (known.ServiceBusError, OSError, TimeoutError) as error:
        raise Unavailable(type(error).__name__, str(error)) from error
