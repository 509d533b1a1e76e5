"""An ASGI app on a free loopback port, inside this process."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Self, override

import uvicorn

from local.serving.ports import listen


class _Server(uvicorn.Server):
    """A server that leaves the process's signals alone."""

    @contextmanager
    @override
    def capture_signals(self) -> Iterator[None]:
        yield


@dataclass(frozen=True)
class Loopback:
    """A running server and its base URL without trailing slash."""

    url: str
    server: uvicorn.Server
    task: asyncio.Task[None]

    @classmethod
    async def start(cls, app: Any, port: int = 0) -> Self:
        """Serve `app` on 127.0.0.1 at `port` (0: a free one); return once it accepts calls."""
        listening = listen(port)
        config = uvicorn.Config(app, log_config=None, access_log=False, timeout_graceful_shutdown=1)
        server = _Server(config)
        task = asyncio.ensure_future(server.serve([listening]))
        while not server.started and not task.done():  # noqa: ASYNC110 - uvicorn has no event for it
            await asyncio.sleep(0.01)
        return cls(f"http://127.0.0.1:{listening.getsockname()[1]}", server, task)

    async def close(self) -> None:
        """Stop serving; running calls have one second to finish."""
        self.server.should_exit = True
        await self.task
