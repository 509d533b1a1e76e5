"""Where flows are dropped, and where Sluice keeps what it must remember."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

from shared.domain.requests.request import DeployRequest, FileVersion, JobSummary, MessageName
from shared.ports.document import Json


class Flows(Protocol):
    """The container where flows are dropped."""

    def stat(self, path: str) -> FileVersion | None:
        """The blob as it is now; None where there is none."""

    def list(self, prefix: str) -> tuple[FileVersion, ...]:
        """All blobs whose path starts with the prefix, sorted by path."""

    def time(self) -> str:
        """What time it is by storage's clock, ISO 8601 in UTC, to the second."""


class Ledger(Protocol):
    """The memory of record: requests, kept packages, plans, timelines, results, releases."""

    def open(self, job: str) -> str:
        """Mark the job as begun and not ended; the sweep looks after what is marked.

        What time it is by storage's clock, ISO 8601 in UTC.
        """

    def close(self, job: str) -> None:
        """Take the mark away. No error where there is none."""

    def open_jobs(self) -> tuple[str, ...]:
        """The marked jobs, oldest mark first."""

    def keep_blob(self, job: str, path: str, etag: str) -> bool:
        """Copy a dropped zip, server-side, at its ETag, as the job's package.

        True also where the job's package is already kept; False where the blob is no longer there
        at that ETag. Raises AzureFailure where storage does not copy what is there.
        """

    def keep_folder(self, job: str, path: str, files: Sequence[FileVersion]) -> bool:
        """The same for a folder's files, under their paths relative to the folder."""

    def keep_package(self, job: str, content: bytes) -> None:
        """Keep a zip that was made from elsewhere as the job's package, unless one is kept."""

    def fetch_package(self, job: str, into: Path) -> Path:
        """Stream the job's package to disk: the path of `package.zip` or of the folder `package`.

        Raises LookupError where none is kept, `Rejected` where a file's name cannot be a path.
        """

    def record_request(self, request: DeployRequest) -> DeployRequest:
        """Write the request unless the job has one; the one that holds."""

    def request(self, job: str) -> DeployRequest | None: ...

    def asked_again(self, job: str) -> int:
        """How often what the job was made of was asked anew after the job had ended."""

    def ask_again(self, job: str, times: int) -> None:
        """Note that it was asked anew for that time. Idempotent."""

    def join(self, job: str, message: MessageName) -> None:
        """Note that a message asks for what the job does already. Idempotent."""

    def joined(self, job: str) -> tuple[MessageName, ...]:
        """The messages that were noted for the job."""

    def swept(self) -> dict[str, str]:
        """By path: the job that the sweep last saw to have a request."""

    def note_swept(self, seen: Mapping[str, str]) -> None:
        """Keep this instead of what `swept` gave."""

    def folders(self) -> dict[str, str]:
        """By path: the job of the folder as it was last taken without overrides."""

    def note_folder(self, path: str, job: str) -> None:
        """Keep this job as the folder's last."""

    def forget_folder(self, path: str) -> None:
        """The folder is gone. No error where it was not known."""

    def jobs(self, limit: int = 100) -> tuple[JobSummary, ...]:
        """The newest jobs first, from metadata alone."""

    def set_state(self, job: str, state: str, endpoint: str) -> None:
        """What `jobs` shows of the job."""

    def claimed(self, key: str) -> tuple[str, str] | None:
        """The (job, body hash) that an idempotency key is bound to, None while it is free."""

    def claim_key(self, key: str, job: str, body_hash: str) -> tuple[str, str]:
        """Bind an idempotency key to a job unless it is bound; the (job, body hash) that holds."""

    def write_once(self, job: str, name: str, document: Json) -> dict[str, Any]:
        """Write a document of the job (`release`, `plan`, `result`) unless it is there.

        The one that holds.
        """

    def read(self, job: str, name: str) -> dict[str, Any] | None:
        """A document of the job, None where there is none."""

    def note(self, job: str, event: Json) -> None:
        """Append one event to the job's timeline."""

    def timeline(self, job: str) -> tuple[dict[str, Any], ...]:
        """The job's events in the order they were noted, without a torn last line.

        The same event twice in a row is one: a note repeated after a lost answer.
        """

    def enlist(self, endpoint: str, job: str, order: str) -> None:
        """Put the job among those that want the endpoint. Idempotent."""

    def newest(self, endpoint: str) -> str | None:
        """The job of the newest request that was ever enlisted for the endpoint."""

    def record_release(self, endpoint: str, order: str, release: Json) -> None:
        """Remember what was released to the endpoint. Idempotent by order and `release["job"]`."""

    def releases(self, endpoint: str) -> tuple[dict[str, Any], ...]:
        """What was released to the endpoint, newest first."""


class Turns(Protocol):
    """The right to change an endpoint: a lease on one blob for each endpoint."""

    def take(self, endpoint: str, job: str) -> int | None:
        """Take or renew the turn: its fence number, which only grows; None where another has it.

        The same job gets the same fence again, also after a crash, unless another had the turn in
        between.
        """

    def release(self, endpoint: str, job: str) -> None:
        """Give the turn back. No error where the job has it no more."""
