"""The flows container in memory."""

import itertools
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from shared.domain.errors import rejected
from shared.domain.requests.request import stamp
from shared.domain.requests.source import FileVersion
from shared.package.folder import check_packed
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

    def written(self, path: str, etag: str) -> str:
        """Return when the blob was written; empty if it has another ETag by now."""
        version, _ = self._blobs.get(path, (None, b""))
        return version.modified if version is not None and version.etag == etag else ""

    def clock(self) -> str:
        """Return the time of storage's clock."""
        return stamp(self._clock().replace(microsecond=0))

    @breakable
    def server_time(self) -> str:
        return self.clock()

    @breakable
    def fetch_zip(self, path: str, etag: str, into: Path) -> Path | None:
        content = self.content(path, etag)
        if content is None:
            return None
        check_packed(len(content))
        (into / "package.zip").write_bytes(content)
        return into / "package.zip"

    @breakable
    def fetch_folder(self, path: str, files: Sequence[FileVersion], into: Path) -> Path | None:
        names = [file.path.removeprefix(path) for file in files]
        for name in names:
            if ".." in name.split("/"):
                raise rejected(name, "This path cannot be one on disk")
        for file, name in zip(files, names, strict=True):
            content = self.content(file.path, file.etag)
            if content is None:
                return None
            target = into / "package" / name
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content)
        return into / "package"

    @breakable
    def stat(self, path: str) -> FileVersion | None:
        version, _ = self._blobs.get(path, (None, b""))
        return version

    @breakable
    def snapshot(self) -> tuple[tuple[FileVersion, ...], str]:
        return tuple(self._blobs[path][0] for path in sorted(self._blobs)), self.clock()

    @breakable
    def list(self, prefix: str) -> tuple[FileVersion, ...]:
        return tuple(
            self._blobs[path][0] for path in sorted(self._blobs) if path.startswith(prefix)
        )
