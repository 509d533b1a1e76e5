"""What this process read lately, so that the jobs of a burst do not each read it again."""

import time
from collections.abc import Callable
from threading import Lock

SECONDS = 5 * 60.0


class Aged[V]:
    """Answers by key, each kept for a time; nothing found is not kept. Safe for several threads.

    Args:
        seconds: how long an answer is kept.
        clock: returns seconds.
    """

    def __init__(
        self, seconds: float = SECONDS, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._seconds = seconds
        self._clock = clock
        self._lock = Lock()
        self._kept: dict[str, tuple[float, V]] = {}

    def get(self, key: str, read: Callable[[], V], *, fresh: bool = False) -> V:
        """Return the kept answer, or read it: if there is none, it is too old, or `fresh`."""
        now = self._clock()
        with self._lock:
            self._kept = {it: one for it, one in self._kept.items() if now - one[0] < self._seconds}
            kept = None if fresh else self._kept.get(key)
        if kept is not None:
            return kept[1]
        value = read()
        if value:
            with self._lock:
                self._kept[key] = (now, value)
        return value
