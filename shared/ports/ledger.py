"""The ledger: the durable record of jobs, beside the engine that runs them."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

from shared.domain.jobs.decision import Decision
from shared.domain.release.history import Released
from shared.domain.requests.due import Due
from shared.domain.requests.hold import Hold
from shared.domain.requests.request import (
    Claim,
    DeployRequest,
    JobPage,
    Joined,
    MessageName,
    Queued,
)
from shared.domain.requests.source import FileVersion
from shared.ports.document import Json


class Ledger(Protocol):
    """The durable record: requests, kept packages, plans, timelines, results, releases."""

    def open_job(self, job: str) -> None:
        """Mark the job as open, so that the sweep looks after it. No error if it is."""

    def take_number(self) -> tuple[str, int]:
        """The time by storage's clock, ISO 8601 in UTC, and a number that grows with each call."""

    def close_job(self, job: str) -> None:
        """Remove the mark. No error if there is none."""

    def open_jobs(self) -> tuple[str, ...]:
        """The jobs marked as open, oldest mark first."""

    def keep_blob(self, job: str, path: str, etag: str) -> bool:
        """Copy a dropped zip, server-side, at its ETag, as the job's package.

        Returns True also if the job's package is already kept, and False if the blob is gone or
        has another ETag. Raises AzureFailure if storage does not copy the blob.
        """

    def keep_folder(self, job: str, path: str, files: Sequence[FileVersion]) -> bool:
        """Copy a folder's files the same way, under their paths relative to the folder."""

    def keep_package(self, job: str, content: bytes) -> None:
        """Write these bytes of a zip as the job's package, unless it already has one."""

    def fetch_package(self, job: str, into: Path) -> Path:
        """Stream the job's package to disk.

        Returns the path of `package.zip` or of the folder `package`. Raises LookupError if there
        is no package, Rejected if a file's name cannot be a path.
        """

    def record_request(self, request: DeployRequest) -> DeployRequest:
        """Write the request unless the job has one; returns the job's request."""

    def request(self, job: str) -> DeployRequest | None: ...

    def repeat_count(self, job: str) -> int:
        """How many times the job's request was made again after the job had ended."""

    def record_repeat(self, job: str, count: int) -> None:
        """Record that it was made again for the `count`-th time. Idempotent."""

    def add_message(self, job: str, message: MessageName) -> None:
        """Record that a further message asks for the same job. Idempotent."""

    def ask_again(self, job: str, order: str) -> None:
        """Record that a newer request, of this order, is the same job. Idempotent."""

    def joined(self, job: str) -> Joined:
        """What `add_message` and `ask_again` recorded for the job."""

    def last_sweep(self) -> dict[str, str]:
        """By path: the jobs whose requests the last sweep, or one before it, saw."""

    def record_sweep(self, seen: Mapping[str, str]) -> None:
        """Replace what `last_sweep` returns."""

    def known_folders(self) -> dict[str, str]:
        """By path: the last job that a folder became without overrides."""

    def record_folder(self, path: str, job: str) -> None:
        """Record this job as the folder's last."""

    def forget_folder(self, path: str) -> None:
        """Remove a folder from `known_folders`. No error if it is not there."""

    def jobs(self, limit: int = 100, after: str | None = None) -> JobPage:
        """The newest jobs, or those after a page.

        `after`: the token of that page. Raises AzureFailure if it is not a token.
        """

    def set_state(self, job: str, state: str, endpoint: str) -> None:
        """Set the state and endpoint that `jobs` shows for the job."""

    def find_claim(self, key: str) -> Claim | None:
        """What an idempotency key is bound to, or None if it is free."""

    def claim_key(self, key: str, claim: Claim) -> Claim:
        """Bind an idempotency key unless it is already bound; returns what it is bound to."""

    def write_once(self, job: str, name: str, document: Json) -> dict[str, Any]:
        """Write a document of the job (`release`, `plan`, `result`) unless it exists.

        Returns the document that the ledger holds.
        """

    def list_documents(self, job: str) -> None:
        """Look which documents the job has, for the reads after it that say `listed`."""

    def read(self, job: str, name: str, *, listed: bool = False) -> dict[str, Any] | None:
        """A document of the job, or None if there is none.

        `listed`: None also if there was none at the last `list_documents` or `decisions` of the
        job, some seconds ago, and this is the first such read since.
        """

    def record_decision(self, job: str, decision: Decision) -> Decision:
        """Write the decision unless the job has one of its kind; returns the one it has."""

    def decisions(self, job: str) -> tuple[Decision, ...]:
        """The job's decisions, in order of their kinds. Also looks as `list_documents` does."""

    def append_events(self, job: str, events: Sequence[Json]) -> None:
        """Append events to the job's timeline."""

    def append_after(self, job: str, seen: Sequence[Json], events: Sequence[Json]) -> bool:
        """Append events if the timeline holds just the events `seen`; False if it does not."""

    def seen_timeline(self, job: str) -> tuple[dict[str, Any], ...]:
        """What this process knows of the timeline, without a call; others may have added to it."""

    def timeline(self, job: str, *, listed: bool = False) -> tuple[dict[str, Any], ...]:
        """The job's events in the order they were written, without a torn last line.

        `listed`: as of the last `list_documents`. An event that follows itself counts once: the
        append was repeated after a lost answer.
        """

    def queue_job(self, endpoint: str, job: str, order: str) -> Queued:
        """Add the job to those that want to change the endpoint. Idempotent."""

    def newest_job(self, endpoint: str) -> str | None:
        """The job of the newest request ever queued for the endpoint."""

    def settle_letter(self, queue: str, letter: str, record: Json) -> dict[str, Any]:
        """Record what is done with a dead letter, unless it is recorded; returns the record."""

    def settled_letter(self, queue: str, letter: str) -> dict[str, Any] | None:
        """The record of `settle_letter`, or None."""

    def drift_record(self) -> dict[str, Any]:
        """What the last look for drift saw; empty before the first."""

    def record_drift(self, record: Json) -> None:
        """Replace what `drift_record` returns."""

    def due(self) -> tuple[Due, ...] | None:
        """The endpoints to look at first because of their time to live, and when.

        Up to 20. None until `index_due`.
        """

    def add_due(self, endpoint: str, at: str) -> None:
        """Record that the endpoint is to be looked at then. Idempotent."""

    def remove_due(self, due: Due) -> None:
        """Remove the record. No error if there is none."""

    def index_due(self) -> None:
        """Record that `due` knows every endpoint with a time to live."""

    def record_release(self, endpoint: str, order: str, release: Json) -> None:
        """Record a release to the endpoint. Idempotent by order and `release["job"]`."""

    def releases(self, endpoint: str) -> tuple[dict[str, Any], ...]:
        """The releases to the endpoint, newest first."""

    def released(self, endpoint: str) -> tuple[Released, ...]:
        """What the `releases` made, newest first."""

    def hold(self, endpoint: str, *, listed: bool = False) -> Hold | None:
        """The endpoint's hold, or None.

        `listed`: None also if there was none at the last `newest_job` of the endpoint, some seconds
        ago, and this is the first such read since.
        """

    def set_hold(self, endpoint: str, hold: Hold, *, over: Hold | None) -> bool:
        """Hold the endpoint, if its hold is still `over` (None: if it is not held).

        Returns False if it is another by now; also, after a lost answer, if it is `hold` itself.
        """

    def clear_hold(self, endpoint: str) -> None:
        """Remove the hold. No error if there is none."""

    def quarantine(self, endpoint: str, digest: str, verdict: Json) -> None:
        """Keep this content from the endpoint; a later verdict replaces an earlier one."""

    def quarantined(self, endpoint: str, digest: str) -> dict[str, Any] | None:
        """The verdict for which the content is kept from the endpoint, or None."""

    def end_quarantine(self, endpoint: str, digest: str) -> None:
        """Let the content through again. No error if it was not kept away."""

    def last_release(self, endpoint: str) -> dict[str, Any] | None:
        """The newest of `releases`, or None."""

    def old_jobs(self, before: str, limit: int, after: str | None) -> JobPage:
        """Some jobs that were accepted on days before, the earliest days first.

        `after`: the token of the last page. A page has jobs of one day; the page after the last day
        is empty.
        """

    def forget_job(self, request: DeployRequest, endpoint: str) -> None:
        """Remove all of the job: request, package, documents, timeline, places in lists.

        `endpoint`: where it was queued; empty if nowhere.
        """

    def forget_entry(self, job: str, accepted: str) -> None:
        """Remove the job from the list of jobs. No error if it is not there."""

    def forget_records(self, before: datetime, after: str | None) -> str | None:
        """Remove some idempotency keys and settled dead letters that were written before.

        `after`: where the last call ended. Returns where this one did, None if at the end.
        """

    def forgetting(self) -> dict[str, str]:
        """How far the removal of old records has come; empty before the first."""

    def record_forgetting(self, place: Mapping[str, str]) -> None:
        """Replace what `forgetting` returns."""
