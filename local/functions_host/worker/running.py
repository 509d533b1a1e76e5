"""What runs now, so that the end of the process can wait for it."""

import asyncio
from collections.abc import Coroutine
from typing import Any


class Running:
    """Tasks begun by the listeners, kept until they end."""

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[Any]] = set()

    def start[T](self, work: Coroutine[Any, Any, T]) -> asyncio.Task[T]:
        """Run in the background."""
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def drain(self, seconds: float) -> None:
        """Wait until all have ended, or the time is up; what is left then is cancelled."""
        if not self._tasks:
            return
        _, late = await asyncio.wait(self._tasks, timeout=seconds)
        for task in late:
            task.cancel()
