"""Repeated requests: join the job that still runs, or make the next one."""

from collections.abc import Mapping
from typing import Any

from shared.domain.release.release import from_json
from shared.domain.requests.request import job_id
from shared.domain.requests.source import BlobSource, FolderSource, RunSource, Source
from shared.ports import Ports
from shared.steps.intake.requester import Requester, take_order


def running_or_next_job(
    ports: Ports,
    source: Source,
    overrides: Mapping[str, Any],
    requester: Requester,
    *,
    force: bool = False,
) -> str:
    """The id of this request's job that can be joined, or of a new job if there is none.

    The number of a new job is recorded before the job is made, so that concurrent requests, and
    retries after a crash, make the same job. Sources with a key of their own are new each time.
    """
    first = job_id(source, overrides, force=force)
    own_key = not isinstance(source, BlobSource | FolderSource | RunSource)
    if own_key or _joins(ports, first, requester):
        return first
    return next_job(ports, source, overrides, requester, force=force)


def next_job(
    ports: Ports,
    source: Source,
    overrides: Mapping[str, Any],
    requester: Requester,
    *,
    force: bool = False,
) -> str:
    """The id of this request's last repetition if it can be joined, or else of the next one."""
    first = job_id(source, overrides, force=force)
    times = ports.ledger.repeat_count(first)
    if times:
        last = job_id(source, overrides, times, force=force)
        if _joins(ports, last, requester):
            return last
    ports.ledger.record_repeat(first, times + 1)
    return job_id(source, overrides, times + 1, force=force)


def _joins(ports: Ports, job: str, requester: Requester) -> bool:
    """Join the job, if it has not ended and gives way to none; a job without request is yet to be.

    What joins it records its order, and looks again. The job looks for that order before it gives
    way, and after it has its result. So one of the two sees the other.
    """
    if ports.ledger.request(job) is None:
        return True
    if not _goes_on(ports, job):
        return False
    order = take_order(ports, requester)
    ports.ledger.ask_again(job, order)
    if not _goes_on(ports, job):
        return False
    if (endpoint := _endpoint(ports, job)) is not None:
        ports.ledger.queue_job(endpoint, job, order)
    return True


def _goes_on(ports: Ports, job: str) -> bool:
    """True if the job has no result, and no newer one has come for its endpoint."""
    if ports.ledger.read(job, "result") is not None:
        return False
    endpoint = _endpoint(ports, job)
    return endpoint is None or ports.ledger.newest_job(endpoint) in {None, job}


def _endpoint(ports: Ports, job: str) -> str | None:
    """The job's endpoint; None if it is not known yet."""
    kept = ports.ledger.read(job, "release")
    return None if kept is None else from_json(kept).endpoint.name
