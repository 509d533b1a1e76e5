"""The flows container in memory."""

import itertools
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from shared.domain.requests.request import FileVersion, stamp
from tests.fakes.faults import Breakable, breakable

_BEGIN = datetime(2026, 1, 1, tzinfo=UTC)


class FakeFlows(Breakable):
    """Blobs with an ETag for each version; `put` and `delete` are what people do.

    Args:
        clock: storage's own, shared with the ledger; its resolution is 1 s.
    """

    def __init__(self, clock: Callable[[], datetime] = lambda: _BEGIN) -> None:
        super().__init__()
        self._clock = clock
        self._blobs: dict[str, tuple[FileVersion, bytes]] = {}
        self._ticks = itertools.count(1)

    def put(self, path: str, content: bytes, modified: str | None = None) -> FileVersion:
        """Write a blob; without a time each write is a second after the last."""
        tick = next(self._ticks)
        when = modified or (_BEGIN + timedelta(seconds=tick)).isoformat()
        version = FileVersion(path=path, etag=f"0x{tick:015X}", modified=when, size=len(content))
        self._blobs[path] = (version, content)
        return version

    def delete(self, path: str) -> None:
        del self._blobs[path]

    def content(self, path: str, etag: str) -> bytes | None:
        """Return the blob's content, if it still has that ETag."""
        version, content = self._blobs.get(path, (None, b""))
        return content if version is not None and version.etag == etag.strip('"') else None

    def clock(self) -> str:
        """Return the time of storage's clock."""
        return stamp(self._clock().replace(microsecond=0))

    @breakable
    def server_time(self) -> str:
        return self.clock()

    @breakable
    def stat(self, path: str) -> FileVersion | None:
        version, _ = self._blobs.get(path, (None, b""))
        return version

    @breakable
    def list(self, prefix: str) -> tuple[FileVersion, ...]:
        return tuple(
            self._blobs[path][0] for path in sorted(self._blobs) if path.startswith(prefix)
        )
