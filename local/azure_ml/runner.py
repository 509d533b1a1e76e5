"""Carries operations out aside, and takes up again those that a stop cut off."""

import asyncio
import logging
from collections.abc import Mapping
from typing import Protocol

from local.azure_ml import clock
from local.azure_ml.exchange import Json
from local.azure_ml.operations import Kind, Operation, Operations, Verb

_LOG = logging.getLogger(__name__)


class Work(Protocol):
    """What an operation does. Both parts may run again after a stop."""

    async def carry_out(self, operation: Operation) -> Json | None:
        """Do it; give the error (code and message) if it fails."""
        ...

    def settle(self, operation: Operation, error: Json | None) -> None:
        """Write to the resource how it ended."""


class Runner:
    """Runs each operation in a task of its own, until its time and its work are both over."""

    def __init__(self, operations: Operations) -> None:
        self._operations = operations
        self._works: Mapping[tuple[Kind, Verb], Work] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    def employ(self, works: Mapping[tuple[Kind, Verb], Work]) -> None:
        """Say who does what; before anything starts."""
        self._works = works

    def start(self, operation: Operation) -> None:
        task = asyncio.get_running_loop().create_task(self._run(operation))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def resume(self) -> None:
        """Start what was running when the process ended."""
        for operation in self._operations.running:
            self.start(operation)

    async def close(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _run(self, operation: Operation) -> None:
        work = self._works[operation.kind, operation.verb]
        wait = asyncio.sleep(max(0.0, operation.due - clock.seconds()))
        error, _ = await asyncio.gather(self._carried_out(work, operation), wait)
        work.settle(operation, error)
        self._operations.end(operation, error)

    async def _carried_out(self, work: Work, operation: Operation) -> Json | None:
        if operation.fault:
            return operation.fault
        try:
            return await work.carry_out(operation)
        except Exception:  # A defect of the emulator must end the operation, not hang it.
            _LOG.exception("operation on %s", operation.target)
            return {"code": "InternalServerError", "message": "The emulator failed; see its log."}
