"""Duplicate detection: which message ids a queue has seen within its window."""

from local.service_bus.store import Store


class History:
    """A window of None or 0 detects nothing."""

    def __init__(self, queue: str, window: int, store: Store) -> None:
        self._queue = queue
        self._window = window
        self._store = store
        # Ordered by time: an id is only entered when it is not there.
        self._seen = store.history(queue) if window else {}

    def admits(self, message_id: str, at: int) -> bool:
        """Whether the id is new; it counts as seen from then on. A repeat does not prolong it."""
        if not self._window:
            return True
        self._forget(at - self._window)
        if message_id in self._seen:
            return False
        self._seen[message_id] = at
        self._store.remember(self._queue, message_id, at)
        return True

    def _forget(self, before: int) -> None:
        while self._seen:
            oldest = next(iter(self._seen))
            if self._seen[oldest] > before:
                return
            del self._seen[oldest]
            self._store.forget(self._queue, oldest)
