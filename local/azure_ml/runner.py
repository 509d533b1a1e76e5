"""Runs operations in the background, and resumes them after a restart."""

import asyncio
import logging
from collections.abc import Mapping
from typing import Protocol

from local.azure_ml import clock
from local.azure_ml.exchange import Json
from local.azure_ml.operations import Kind, Operation, Operations, Verb

_LOG = logging.getLogger(__name__)


class Work(Protocol):
    """The work of an operation. Both methods may run again after a restart."""

    async def carry_out(self, operation: Operation) -> Json | None:
        """Do the work, and return the error (code and message) if it fails."""
        ...

    def settle(self, operation: Operation, error: Json | None) -> None:
        """Write the outcome to the resource."""


class Runner:
    """Runs each operation as a task, until its time has passed and its work is done."""

    def __init__(self, operations: Operations) -> None:
        self._operations = operations
        self._works: Mapping[tuple[Kind, Verb], Work] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    def register(self, works: Mapping[tuple[Kind, Verb], Work]) -> None:
        """Set the work of each kind of operation, before anything starts."""
        self._works = works

    def start(self, operation: Operation) -> None:
        task = asyncio.get_running_loop().create_task(self._run(operation))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def resume(self) -> None:
        """Start the operations that were running when the process ended."""
        for operation in self._operations.running:
            self.start(operation)

    async def close(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _run(self, operation: Operation) -> None:
        work = self._works[operation.kind, operation.verb]
        wait = asyncio.sleep(max(0.0, operation.due - clock.seconds()))
        error, _ = await asyncio.gather(self._carry_out(work, operation), wait)
        work.settle(operation, error)
        self._operations.end(operation, error)

    async def _carry_out(self, work: Work, operation: Operation) -> Json | None:
        if operation.fault:
            return operation.fault
        try:
            return await work.carry_out(operation)
        except Exception:  # A defect of the emulator must end the operation, not hang it.
            _LOG.exception("operation on %s", operation.target)
            return {"code": "InternalServerError", "message": "The emulator failed; see its log."}
