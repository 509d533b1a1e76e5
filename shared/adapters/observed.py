"""Tells of each HTTP call that an SDK makes, also of one that is repeated."""

from typing import Any
from urllib.parse import urlsplit

from azure.core.pipeline.transport import RequestsTransport

from shared.adapters.translation import retry_after
from shared.ports.telemetry import Telemetry


class ObservedTransport(RequestsTransport):  # type: ignore[misc] # azure-core imports it lazily
    """azure-core's own transport, watched.

    Args:
        telemetry: is told.
        service: the name of the service that is called.
        options: those of `RequestsTransport`.
    """

    def __init__(self, telemetry: Telemetry, service: str, **options: Any) -> None:
        super().__init__(**options)
        self._telemetry = telemetry
        self._service = service

    def send(self, request: Any, **options: Any) -> Any:
        """Make the call, and tell of it. Its query is not told: it may be a signature."""
        path = urlsplit(request.url).path
        with self._telemetry.call(self._service, request.method, path) as call:
            response = super().send(request, **options)
            call.status = response.status_code
            call.retry_after = retry_after(response.headers) if call.status >= 400 else None
            return response


def transport_for(telemetry: Telemetry, service: str, **options: Any) -> dict[str, Any]:
    """Return the keyword argument of an SDK's client; nothing if nobody listens."""
    if not telemetry.on:
        return {}
    return {"transport": ObservedTransport(telemetry, service, **options)}
