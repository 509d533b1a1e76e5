"""The backend: store, handed-out work, timers, and waiting callers."""

import asyncio
import heapq
import logging
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from durabletask.internal import orchestrator_service_pb2 as pb

from local.durable import tasks
from local.durable.events import failure
from local.durable.store import Store, TaskKey
from local.durable.turns import Turn, complete_turn, next_turn
from local.durable.work import Stream, Work

logger = logging.getLogger(__name__)


class ClosingError(Exception):
    """The backend is closing: the caller must call again."""


class Backend:
    """All operations of the service, on one event loop, so that no locks are needed."""

    def __init__(self, store: Store, version: str = "") -> None:
        self.store = store
        self.version = version  # of an orchestration whose starter names none
        self._process = uuid.uuid4().hex  # makes tokens of an earlier process invalid
        self._turns: Work[str, Turn] = Work("turn")
        self._tasks: Work[TaskKey, None] = Work("task")
        self._streams: set[Stream] = set()
        self._waiting: dict[str, set[asyncio.Event]] = {}
        self._dues: list[float] = []
        self.closing = False
        self._alarm: asyncio.TimerHandle | None = None

    def recover(self) -> None:
        """Queue all unfinished work of the store."""
        for key in tasks.open_tasks(self.store):
            self._tasks.add(key)
        self._dues = sorted(self.store.dues())
        self._wake_due()

    @contextmanager
    def change(self) -> Iterator[Store]:
        """Run a transaction, then wake the workers and waiters it concerns."""
        with self.store.transaction():
            yield self.store
        for instance in self.store.woken:
            self._turns.add(instance)
            for waiter in self._waiting.get(instance, ()):
                waiter.set()
        for key in self.store.scheduled:
            self._tasks.add(key)
        self._wake_streams()
        if self.store.timed:
            for due in self.store.timed:
                heapq.heappush(self._dues, due)
            self._set_alarm()

    async def wait(
        self, instance: str, is_so: Callable[[pb.OrchestrationState], bool]
    ) -> pb.OrchestrationState | None:
        """Wait until `is_so` holds for the instance; None if there is no such instance.

        Raises:
            ClosingError: the backend closes first.
        """
        changed = asyncio.Event()
        waiters = self._waiting.setdefault(instance, set())
        waiters.add(changed)
        try:
            while (state := self.store.state(instance)) is not None and not is_so(state):
                if self.closing:  # also for calls that arrive during closing
                    raise ClosingError("the backend is closing")
                await changed.wait()
                changed.clear()
            return state
        finally:
            waiters.discard(changed)
            if not waiters and self._waiting.get(instance) is waiters:
                del self._waiting[instance]

    def open(self, stream: Stream) -> None:
        """Register a worker's stream."""
        self._streams.add(stream)

    def close(self, stream: Stream) -> None:
        """Remove a worker's stream, and make its work ready for others."""
        self._streams.discard(stream)
        self._turns.close(stream)
        self._tasks.close(stream)
        self._wake_streams()

    def finish(self) -> None:
        """Make all streams and waits end."""
        self.closing = True
        self._wake_streams()
        for waiters in self._waiting.values():
            for waiter in waiters:
                waiter.set()

    def next_item(self, stream: Stream) -> pb.WorkItem | None:
        """Return the next work for a worker within its limits, or None."""
        return self._next_turn(stream) or self._next_task(stream)

    def _next_turn(self, stream: Stream) -> pb.WorkItem | None:
        while stream.has_room("turn") and (instance := self._turns.take()) is not None:
            turn = next_turn(self.store, instance)
            if turn is not None:
                token = self._turns.lease(instance, turn, stream, self._process)
                return pb.WorkItem(orchestratorRequest=turn.request, completionToken=token)
        return None

    def _next_task(self, stream: Stream) -> pb.WorkItem | None:
        while stream.has_room("task") and (key := self._tasks.take()) is not None:
            request = tasks.find(self.store, key)
            if request is not None:
                token = self._tasks.lease(key, None, stream, self._process)
                return pb.WorkItem(activityRequest=request, completionToken=token)
        return None

    def complete_task(self, response: pb.ActivityResponse) -> None:
        """Record an activity's result, unless its token is stale."""
        lease = self._tasks.release(response.completionToken)
        if lease is None:
            logger.warning("stale result of task %s ignored", response.taskId)
            return
        try:
            with self.change() as store:
                tasks.complete(store, lease.key, response)
        finally:
            self._tasks.add(lease.key)  # still pending if the commit failed

    def complete_turn(self, response: pb.OrchestratorResponse) -> None:
        """Record a turn's decisions, unless its token is stale.

        An unsupported action fails the instance.
        """
        lease = self._turns.release(response.completionToken)
        if lease is None:
            logger.warning("stale turn of %s ignored", response.instanceId)
            return
        try:
            with self.change() as store:
                complete_turn(store, lease.value, response)
        except NotImplementedError as refusal:
            with self.change() as store:
                complete_turn(store, lease.value, _failed(refusal))
        finally:
            self._turns.add(lease.key)  # for new events, or all of them if the commit failed
            self._wake_streams()

    def abandon(self, token: str) -> None:
        """Return work for another worker."""
        turn, task = self._turns.release(token), self._tasks.release(token)
        if turn is not None:
            self._turns.add(turn.key)
        if task is not None:
            self._tasks.add(task.key)
        self._wake_streams()

    def _wake_streams(self) -> None:
        for stream in self._streams:
            stream.wake.set()

    def _wake_due(self) -> None:
        """Wake all due instances. Times leave the heap only here, so that none is missed."""
        now = time.time()
        while self._dues and self._dues[0] <= now:
            heapq.heappop(self._dues)
        for instance in self.store.due(now):
            self._turns.add(instance)
        self._wake_streams()
        self._set_alarm()

    def _set_alarm(self) -> None:
        if self._alarm is not None:
            self._alarm.cancel()
        self._alarm = None
        if self._dues:
            delay = max(0.0, min(self._dues[0] - time.time(), 3600.0))
            self._alarm = asyncio.get_running_loop().call_later(delay, self._wake_due)


def _failed(error: Exception) -> pb.OrchestratorResponse:
    end = pb.CompleteOrchestrationAction(
        orchestrationStatus=pb.ORCHESTRATION_STATUS_FAILED,
        failureDetails=failure(type(error).__name__, str(error)),
    )
    return pb.OrchestratorResponse(
        actions=[pb.OrchestratorAction(id=-1, completeOrchestration=end)]
    )
