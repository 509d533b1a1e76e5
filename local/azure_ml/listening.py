"""Web servers on loopback, several in one process."""

import asyncio
import contextlib
import socket
import ssl
from collections.abc import Iterator

import uvicorn

from local.azure_ml.asgi import App

_GRACE_S = 0.5


class _Server(uvicorn.Server):
    """Leaves signals to the process."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


class Listener:
    """One app on one port of 127.0.0.1, with TLS if a context is given."""

    def __init__(self, app: App, port: int, context: ssl.SSLContext | None = None) -> None:
        # asyncio sets TCP_NODELAY only if the protocol is named; else each answer takes 40 ms more.
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self._socket.bind(("127.0.0.1", port))
        self._socket.listen(128)
        self.port: int = self._socket.getsockname()[1]
        config = uvicorn.Config(
            app,
            log_level="warning",
            access_log=False,
            lifespan="off",
            timeout_keep_alive=60,
        )
        config.load()
        config.ssl = context
        self._server = _Server(config)
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        self._task = asyncio.create_task(self._server.serve(sockets=[self._socket]))
        # The socket listens since its creation: an early call waits in its backlog.

    async def close(self) -> None:
        """Stop, after giving running calls a moment to finish."""
        self._server.should_exit = True
        if self._task:
            await asyncio.wait([self._task], timeout=_GRACE_S)
            self._server.force_exit = True
            await asyncio.wait([self._task], timeout=_GRACE_S)
