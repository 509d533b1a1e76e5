"""Duplicate detection: the message ids that a queue has seen within its window."""

from local.service_bus.store import Store


class History:
    """Detects duplicates by message id; a window of 0 switches it off."""

    def __init__(self, queue: str, window: int, store: Store) -> None:
        self._queue = queue
        self._window = window
        self._store = store
        # In time order, because ids are only added when they are new.
        self._seen = store.history(queue) if window else {}

    def admits(self, message_id: str, at: int) -> bool:
        """Return whether the id is new, and remember it. A repeat does not extend its window."""
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
