"""What a process remembers of the ledger, up to a number of entries."""

import threading


class Remembered[T]:
    """A map that forgets the entry that was put longest ago when it holds more than `most`."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._known: dict[str, T] = {}
        self._lock = threading.Lock()

    def get(self, key: str) -> T | None:
        return self._known.get(key)

    def put(self, key: str, value: T) -> None:
        with self._lock:
            self._known.pop(key, None)
            self._known[key] = value
            if len(self._known) > self._most:
                del self._known[next(iter(self._known))]

    def forget(self, key: str) -> None:
        with self._lock:
            self._known.pop(key, None)
