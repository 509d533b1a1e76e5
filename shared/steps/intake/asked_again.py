"""Repeated requests: join the job that still runs, or make the next one."""

from collections.abc import Mapping
from typing import Any

from shared.domain.requests.request import job_id
from shared.domain.requests.source import BlobSource, FolderSource, RunSource, Source
from shared.ports import Ports


def running_or_next_job(
    ports: Ports, source: Source, overrides: Mapping[str, Any], *, force: bool = False
) -> str:
    """The id of this request's job that has not ended, or of a new job if all have ended.

    The number of a new job is recorded before the job is made, so that concurrent requests, and
    retries after a crash, make the same job. Sources with a key of their own are new each time.
    """
    first = job_id(source, overrides, force=force)
    if not isinstance(source, BlobSource | FolderSource | RunSource) or not _ended(ports, first):
        return first
    return next_job(ports, source, overrides, force=force)


def next_job(
    ports: Ports, source: Source, overrides: Mapping[str, Any], *, force: bool = False
) -> str:
    """The id of this request's last repetition if that has not ended, or else of the next one."""
    first = job_id(source, overrides, force=force)
    times = ports.ledger.repeat_count(first)
    if times:
        last = job_id(source, overrides, times, force=force)
        if not _ended(ports, last):
            return last
    ports.ledger.record_repeat(first, times + 1)
    return job_id(source, overrides, times + 1, force=force)


def _ended(ports: Ports, job: str) -> bool:
    """Return whether the job has its result. A job without a request has yet to be made."""
    return ports.ledger.request(job) is not None and ports.ledger.read(job, "result") is not None
