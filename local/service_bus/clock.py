"""Time as Service Bus counts it: whole milliseconds since 1970, UTC."""

import asyncio
import time
from collections.abc import Callable
from datetime import timedelta


def now() -> int:
    return int(time.time() * 1000)


def milliseconds(duration: timedelta) -> int:
    return duration // timedelta(milliseconds=1)


class Alarm:
    """Calls once when the wall clock reaches a time, unless stopped before."""

    __slots__ = ("_call", "_due", "_handle", "_loop")

    def __init__(self, loop: asyncio.AbstractEventLoop, due: int, call: Callable[[], None]) -> None:
        self._loop = loop
        self._due = due
        self._call = call
        self._handle = loop.call_later(self._seconds_left(), self._ring)

    def stop(self) -> None:
        self._handle.cancel()

    def _seconds_left(self) -> float:
        return max(0, self._due - now() + 1) / 1000

    def _ring(self) -> None:
        # The loop uses monotonic time; the wall clock may have been set back since.
        if now() < self._due:
            self._handle = self._loop.call_later(self._seconds_left(), self._ring)
        else:
            self._call()


type SetAlarm = Callable[[int, Callable[[], None]], Alarm]
