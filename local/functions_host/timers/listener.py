"""Timer triggers: run a function by its schedule."""

import asyncio
import json
import time
from datetime import UTC, datetime

from local.functions_host.state import HostState, TimerStatus
from local.functions_host.timers.ncrontab import compile_schedule
from local.functions_host.worker.function import Function
from local.functions_host.worker.messages import TypedData
from local.functions_host.worker.running import Running
from local.functions_host.worker.worker import Call, InvocationError, Worker

_NEVER = datetime(1, 1, 1, tzinfo=UTC)


class TimerListener:
    """One timer. Its status is written after a run, so a missed or aborted run is past due."""

    def __init__(
        self, function: Function, worker: Worker, state: HostState, running: Running
    ) -> None:
        self.function = function
        self._worker = worker
        self._state = state
        self._running = running
        self._schedule = compile_schedule(str(function.trigger["schedule"]))
        self._one_at_a_time = asyncio.Lock()

    async def run(self) -> None:
        """Run at every occurrence until cancelled; also on start-up if configured or past due."""
        status = self._status()
        if self.function.trigger.get("runOnStartup"):
            await self._begin(status, past_due=False)
        elif status.next <= time.time():
            await self._begin(status, past_due=True)
        while True:
            status = self._status()
            wait = status.next - time.time()
            if wait > 0:
                await asyncio.sleep(min(wait, 60.0))
            else:
                await self._begin(status, past_due=False)

    async def run_by_hand(self) -> None:
        """Run now, without changing the schedule."""
        async with self._one_at_a_time:
            await self._invoke(self._status(), past_due=False)

    def _status(self) -> TimerStatus:
        """Load the status, or create a new one if the schedule has changed."""
        kept = self._state.timer(self.function.name)
        if kept is None or kept.schedule != self._schedule.text:
            kept = self._next(last=None)
            self._state.write_timer(self.function.name, kept)
        return kept

    def _next(self, last: float | None) -> TimerStatus:
        now = datetime.now(UTC)
        following = self._schedule.after(now).timestamp()
        return TimerStatus(self._schedule.text, last, following, now.timestamp())

    async def _begin(self, status: TimerStatus, *, past_due: bool) -> None:
        """Run as a separate task that survives the cancellation of the listener."""
        await asyncio.shield(self._running.start(self._run(status, past_due=past_due)))

    async def _run(self, status: TimerStatus, *, past_due: bool) -> None:
        async with self._one_at_a_time:
            begun = time.time()
            await self._invoke(status, past_due=past_due)
            self._state.write_timer(self.function.name, self._next(last=begun))

    async def _invoke(self, status: TimerStatus, *, past_due: bool) -> None:
        try:
            await self._worker.invoke(self.function, Call(timer_data(status, past_due=past_due)))
        except InvocationError:
            return  # logged already; the schedule continues, as in Azure


def timer_data(status: TimerStatus, *, past_due: bool) -> TypedData:
    """Create the value that a timer function receives."""
    document = {
        "Schedule": {"AdjustForDST": True},
        "ScheduleStatus": {
            "Last": _moment(status.last),
            "Next": _moment(status.next),
            "LastUpdated": _moment(status.updated),
        },
        "IsPastDue": past_due,
    }
    return TypedData(json=json.dumps(document))


def _moment(at: float | None) -> str:
    """Format a time as .NET does; None is .NET's minimum date."""
    return (_NEVER if at is None else datetime.fromtimestamp(at, UTC)).isoformat()
