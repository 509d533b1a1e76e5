"""Supervises a stack in the foreground: restarts parts that end, as Azure would."""

import signal
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import FrameType
from typing import Final

from local.child import ChildFailedError
from local.stack import Stack

FIRST_DELAY_SECONDS: Final = 0.5
LONGEST_DELAY_SECONDS: Final = 30.0
# After running this long, a part counts as healthy: its next restart has the first delay again.
HEALTHY_SECONDS: Final = 60.0

type Notice = Callable[[str], None]


@dataclass
class Backoff:
    """Delay before each restart of a part, doubled each time up to a limit."""

    _delays: dict[str, float] = field(default_factory=dict)
    _ended: dict[str, float] = field(default_factory=dict)

    def delay(self, name: str, now: float) -> float:
        """Return the seconds to wait after a part ended at `now` (seconds of a monotonic clock)."""
        healthy = now - self._ended.get(name, -HEALTHY_SECONDS) >= HEALTHY_SECONDS
        delay = FIRST_DELAY_SECONDS if healthy else self._delays[name] * 2
        self._delays[name] = min(delay, LONGEST_DELAY_SECONDS)
        self._ended[name] = now
        return self._delays[name]


@contextmanager
def stop_signals() -> Iterator[threading.Event]:
    """Yield an event that Ctrl-C, SIGTERM and a closed terminal set."""
    stop = threading.Event()

    def end(_number: int, _frame: FrameType | None) -> None:
        stop.set()

    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    before = {number: signal.signal(number, end) for number in numbers}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def supervise(stack: Stack, stop: threading.Event, notice: Notice) -> None:
    """Watch until `stop` is set; report each end and each restart of a part in one line."""
    backoff = Backoff()
    due: dict[str, float] = {}
    while not stop.wait(0.2):
        now = time.monotonic()
        _schedule_restarts(stack.ended(), due, backoff, notice)
        for name in [name for name, at in due.items() if at <= now]:
            del due[name]
            _restart(stack, name, notice)


def _schedule_restarts(
    ended: Mapping[str, int], due: dict[str, float], backoff: Backoff, notice: Notice
) -> None:
    now = time.monotonic()
    for name, code in ended.items():
        if name not in due:
            delay = backoff.delay(name, now)
            due[name] = now + delay
            notice(f"{name} ended with code {code}; restarting in {delay:.1f} s")


def _restart(stack: Stack, name: str, notice: Notice) -> None:
    try:
        stack.start_part(name)
        notice(f"{name} is running again")
    except ChildFailedError as failed:
        notice(str(failed))
