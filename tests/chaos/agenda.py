"""What is to happen, and when."""

import heapq
import itertools
from collections.abc import Callable
from datetime import datetime, timedelta

from tests.fakes.engine import Clock


class Agenda:
    """Events in the order of their time, by the clock of all."""

    def __init__(self, clock: Clock) -> None:
        self._clock, self._count = clock, itertools.count()
        self._events: list[tuple[datetime, int, Callable[[], None]]] = []

    def later(self, seconds: float, do: Callable[[], None]) -> None:
        self.at(self._clock.now + timedelta(seconds=seconds), do)

    def at(self, when: datetime, do: Callable[[], None]) -> None:
        heapq.heappush(self._events, (when, next(self._count), do))

    @property
    def next(self) -> datetime | None:
        return self._events[0][0] if self._events else None

    def run_due(self) -> bool:
        """Run one event that is due; False if there is none."""
        if not self._events or self._events[0][0] > self._clock.now:
            return False
        heapq.heappop(self._events)[2]()
        return True
