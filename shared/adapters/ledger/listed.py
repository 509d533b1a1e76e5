"""What a list has just shown of some blobs, so that the reads that follow it need no call."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from threading import Lock

_SECONDS = 60.0
_MOST = 64


@dataclass
class _List:
    at: float
    sizes: Mapping[str, int]
    asked: set[str] = field(default_factory=set)


class Listed:
    """By prefix: the names and sizes of the newest list.

    A missing blob may be written at any moment. So a list answers once for each name, and for a
    minute; then the blob itself is read.

    Args:
        clock: seconds that only grow.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = Lock()
        self._lists: dict[str, _List] = {}

    def note(self, prefix: str, sizes: Mapping[str, int]) -> None:
        with self._lock:
            self._lists.pop(prefix, None)
            self._lists[prefix] = _List(self._clock(), sizes)
            if len(self._lists) > _MOST:
                del self._lists[next(iter(self._lists))]

    def size(self, prefix: str, name: str) -> int | None:
        """The blob's size, -1 if it was missing; None if the list can no longer say."""
        with self._lock:
            found = self._lists.get(prefix)
            if found is None or name in found.asked or self._clock() - found.at > _SECONDS:
                return None
            found.asked.add(name)
            return found.sizes.get(name, -1)

    def lacks(self, prefix: str, name: str) -> bool:
        """True if the list shows that the blob is missing."""
        return self.size(prefix, name) == -1
