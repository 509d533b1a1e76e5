"""Keeps a stack whole in the foreground: what dies is started again, as Azure would."""

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
# A part that has run so long is well again: its next death is a first one.
WELL_SECONDS: Final = 60.0

type Notice = Callable[[str], None]


@dataclass
class Backoff:
    """How long to wait before each part is started again: twice as long each time, bounded."""

    _delays: dict[str, float] = field(default_factory=dict)
    _died: dict[str, float] = field(default_factory=dict)

    def delay(self, name: str, now: float) -> float:
        """Seconds to wait after a death at `now` (seconds on any clock that only goes on)."""
        well = now - self._died.get(name, -WELL_SECONDS) >= WELL_SECONDS
        delay = FIRST_DELAY_SECONDS if well else self._delays[name] * 2
        self._delays[name] = min(delay, LONGEST_DELAY_SECONDS)
        self._died[name] = now
        return self._delays[name]


@contextmanager
def told_to_end() -> Iterator[threading.Event]:
    """An event that Ctrl-C, SIGTERM and a closed terminal set."""
    told = threading.Event()

    def end(_number: int, _frame: FrameType | None) -> None:
        told.set()

    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    before = {number: signal.signal(number, end) for number in numbers}
    try:
        yield told
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def supervise(stack: Stack, told: threading.Event, notice: Notice) -> None:
    """Watch until told to end; each death and each new start is one line of notice."""
    backoff = Backoff()
    due: dict[str, float] = {}
    while not told.wait(0.2):
        now = time.monotonic()
        _note(stack.ended(), due, backoff, notice)
        for name in [name for name, at in due.items() if at <= now]:
            del due[name]
            _start_again(stack, name, notice)


def _note(
    ended: Mapping[str, int], due: dict[str, float], backoff: Backoff, notice: Notice
) -> None:
    now = time.monotonic()
    for name, code in ended.items():
        if name not in due:
            delay = backoff.delay(name, now)
            due[name] = now + delay
            notice(f"{name} ended with code {code}; it is started again in {delay:.1f} s")


def _start_again(stack: Stack, name: str, notice: Notice) -> None:
    try:
        stack.start_part(name)
        notice(f"{name} runs again")
    except ChildFailedError as failed:
        notice(str(failed))
