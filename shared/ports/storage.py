"""The flows container and the turns, both in blob storage."""

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from shared.domain.requests.source import FileVersion


class Flows(Protocol):
    """The container where flows are dropped."""

    def stat(self, path: str) -> FileVersion | None:
        """The blob's current version, or None if there is no blob."""

    def list(self, prefix: str) -> tuple[FileVersion, ...]:
        """All blobs whose path starts with the prefix, sorted by path."""

    def snapshot(self) -> tuple[tuple[FileVersion, ...], str]:
        """All blobs, sorted by path, and the time by storage's clock before the last was read."""

    def server_time(self) -> str:
        """The time by storage's clock, ISO 8601 in UTC, to the second."""

    def fetch_zip(self, path: str, etag: str, into: Path) -> Path | None:
        """Stream a dropped zip to `into / "package.zip"`.

        Returns None if the blob is gone or has another ETag. Raises Rejected if it is too large.
        """

    def fetch_folder(self, path: str, files: Sequence[FileVersion], into: Path) -> Path | None:
        """Stream a dropped folder's files to `into / "package"`, under their relative paths.

        Returns None if a file is gone or has another ETag. Raises Rejected if a file's name cannot
        be a path.
        """


class Turns(Protocol):
    """The right to change an endpoint: a lease on one blob for each endpoint."""

    def take(self, endpoint: str, job: str) -> int | None:
        """Take or renew the turn.

        Returns its fence number, which only grows, or None if another job has the turn. The same
        job gets the same fence again, also after a crash, unless another job had the turn since.
        """

    def last(self, endpoint: str) -> str | None:
        """Return the job that had the turn last, whether it still has it or not."""

    def release(self, endpoint: str, job: str) -> None:
        """Give the turn back. No error if the job no longer has it."""
