"""The same asked again: the job that does it, or the next one."""

from collections.abc import Mapping
from typing import Any

from shared.domain.requests.request import BlobSource, FolderSource, RunSource, Source, job_id
from shared.ports import Ports


def same_job(ports: Ports, source: Source, overrides: Mapping[str, Any]) -> str:
    """The job of the same request that has not ended; a new one where all have.

    Its number is written down before the job is made: whoever comes meanwhile, or again after a
    crash, makes the same job and no other. Sources with a key of their own are new each time.
    """
    first = job_id(source, overrides)
    if not isinstance(source, BlobSource | FolderSource | RunSource) or not _ended(ports, first):
        return first
    times = ports.ledger.repeat_count(first)
    if times:
        last = job_id(source, overrides, times)
        if not _ended(ports, last):
            return last
    ports.ledger.record_repeat(first, times + 1)
    return job_id(source, overrides, times + 1)


def _ended(ports: Ports, job: str) -> bool:
    """A job without a request is one that has yet to be made."""
    return ports.ledger.request(job) is not None and ports.ledger.read(job, "result") is not None
