"""Work that is ready or leased to a worker. In memory only."""

import asyncio
import itertools
from collections.abc import Hashable
from dataclasses import dataclass, field


@dataclass(eq=False)
class Stream:
    """One worker's open stream: its limits, its load, and its wake-up event."""

    limits: dict[str, int]
    busy: dict[str, int] = field(default_factory=dict)
    wake: asyncio.Event = field(default_factory=asyncio.Event)

    def has_room(self, kind: str) -> bool:
        return self.busy.get(kind, 0) < self.limits[kind]


@dataclass
class Lease[K: Hashable, V]:
    """Work leased to a worker. `stream` is None once the worker's stream is closed."""

    key: K
    value: V
    stream: Stream | None


class Work[K: Hashable, V]:
    """Ready and leased work of one kind.

    A completion token is valid until its work is handed out again: a worker that lost its stream
    may still complete its work, as long as no other worker has begun it.
    """

    def __init__(self, kind: str) -> None:
        self.kind = kind
        self._ready: dict[K, None] = {}
        self._tokens: dict[K, str] = {}
        self._leases: dict[str, Lease[K, V]] = {}
        self._numbers = itertools.count()

    def add(self, key: K) -> None:
        """Make work ready, unless it is leased."""
        lease = self._leases.get(self._tokens.get(key, ""))
        if lease is None or lease.stream is None:
            self._ready[key] = None

    def take(self) -> K | None:
        """Pop the oldest ready key, or None."""
        key = next(iter(self._ready), None)
        if key is not None:
            del self._ready[key]
        return key

    def lease(self, key: K, value: V, stream: Stream, process: str) -> str:
        """Lease a key to a stream, and return its completion token."""
        self._leases.pop(self._tokens.get(key, ""), None)
        token = f"{process}-{self.kind}-{next(self._numbers)}"
        self._tokens[key] = token
        self._leases[token] = Lease(key, value, stream)
        stream.busy[self.kind] = stream.busy.get(self.kind, 0) + 1
        return token

    def release(self, token: str) -> Lease[K, V] | None:
        """End a lease; None if the token is stale."""
        lease = self._leases.pop(token, None)
        if lease is None:
            return None
        del self._tokens[lease.key]
        self._ready.pop(lease.key, None)
        if lease.stream is not None:
            self._free(lease.stream)
        return lease

    def close(self, stream: Stream) -> None:
        """Make the work of a lost stream ready again."""
        for lease in self._leases.values():
            if lease.stream is stream:
                lease.stream = None
                self._ready[lease.key] = None

    def _free(self, stream: Stream) -> None:
        stream.busy[self.kind] -= 1
        stream.wake.set()
