"""Measures every request to the scoring hosts, and its answer."""

import time

from local.azure_ml import clock
from local.azure_ml.asgi import App, Message, Receive, Scope, Send, header
from local.azure_ml.metrics_store import MetricsStore, RequestRecord

_DEPLOYMENT = b"azureml-model-deployment"
_MODEL_STATUS = b"ms-azureml-model-error-statuscode"
_MOST_CONNECTIONS = 10_000


class MeteredApp:
    """Wraps an app and measures its requests. The endpoint is the first label of the host."""

    def __init__(self, app: App, measured: MetricsStore) -> None:
        self._app = app
        self._measured = measured
        self._seen: dict[int, None] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        one = _Exchange(receive, send)
        began = time.monotonic()
        await self._app(scope, one.receive, one.send)
        if one.status is None:
            return
        connection = scope["client"][1]
        self._measured.add_request(
            RequestRecord(
                at=clock.seconds(),
                endpoint=header(scope, "host").partition(".")[0].lower(),
                deployment=one.deployment,
                status=one.status,
                model_status=one.model_status,
                seconds=time.monotonic() - began,
                bytes=one.bytes,
                connection=connection,
                fresh=self._is_fresh(connection),
            )
        )

    def _is_fresh(self, connection: int) -> bool:
        """Return whether it is new; a port reused after very many others counts as new again."""
        fresh = connection not in self._seen
        self._seen.pop(connection, None)
        self._seen[connection] = None
        if len(self._seen) > _MOST_CONNECTIONS:
            del self._seen[next(iter(self._seen))]
        return fresh


class _Exchange:
    """Counts bytes and notes the status of one request."""

    def __init__(self, receive: Receive, send: Send) -> None:
        self._receive = receive
        self._send = send
        self.bytes = 0
        self.status: int | None = None
        self.deployment = ""
        self.model_status = ""

    async def receive(self) -> Message:
        message = await self._receive()
        self.bytes += len(message.get("body", b""))
        return message

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = dict(message["headers"])
            self.status = message["status"]
            self.deployment = headers.get(_DEPLOYMENT, b"").decode("latin-1")
            own = headers.get(_MODEL_STATUS, str(self.status).encode())
            self.model_status = own.decode("latin-1") if self.deployment else ""
        self.bytes += len(message.get("body", b""))
        await self._send(message)
