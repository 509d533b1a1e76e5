"""Limits concurrent and queued requests of a deployment."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from local.serving.contract import Limits


class FullError(Exception):
    """No slot is free and the queue is full, or the wait timed out."""


@dataclass
class Gate:
    """One deployment's slots and queue; the limits may change between requests."""

    _active: int = 0
    _waiting: deque[asyncio.Future[None]] = field(default_factory=deque)

    @asynccontextmanager
    async def slot(self, limits: Limits) -> AsyncIterator[None]:
        """Hold a slot during the block.

        Raises:
            FullError: there is no free slot.
        """
        await self._enter(limits)
        try:
            yield
        finally:
            self._active -= 1
            self._wake(limits)

    async def _enter(self, limits: Limits) -> None:
        if self._active >= limits.max_concurrent or self._waiting:
            await self._wait(limits)
        else:
            self._active += 1

    async def _wait(self, limits: Limits) -> None:
        if len(self._waiting) >= limits.queue:
            raise FullError
        turn = asyncio.get_running_loop().create_future()
        self._waiting.append(turn)
        try:
            await asyncio.wait_for(turn, limits.queue_wait_s)
        except BaseException as error:
            self._leave(turn, limits)
            if isinstance(error, TimeoutError):
                raise FullError from None
            raise

    def _leave(self, turn: asyncio.Future[None], limits: Limits) -> None:
        """Leave the queue; a slot assigned at the last moment goes to the next in line."""
        if turn in self._waiting:
            self._waiting.remove(turn)
        elif not turn.cancelled():
            self._active -= 1
            self._wake(limits)

    def _wake(self, limits: Limits) -> None:
        while self._waiting and self._active < limits.max_concurrent:
            turn = self._waiting.popleft()
            if not turn.done():
                self._active += 1
                turn.set_result(None)
