"""Repeated requests: join the job that still runs, or make the next one."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from shared.domain.release.release import from_json
from shared.domain.requests.request import DeployRequest, job_id, order_key
from shared.domain.requests.source import (
    BlobSource,
    FolderSource,
    RunSource,
    Source,
    UploadSource,
)
from shared.ports import Ports
from shared.steps.intake.requester import Requester, take_order


@dataclass(frozen=True)
class Picked:
    """The job of a request.

    Attributes:
        job: its id.
        order: the request's place, which the job now has if it runs already; empty if it is yet to
            be made.
    """

    job: str
    order: str = ""

    @property
    def joined(self) -> bool:
        """Whether the job runs already."""
        return bool(self.order)


def running_or_next_job(
    ports: Ports,
    source: Source,
    overrides: Mapping[str, Any],
    requester: Requester,
    *,
    force: bool = False,
) -> Picked:
    """This request's job, if it can be joined, or a new job if there is none.

    The number of a new job is recorded before the job is made, so that concurrent requests, and
    retries after a crash, make the same job. Sources with a key of their own are new each time.
    """
    first = job_id(source, overrides, force=force)
    if not isinstance(source, BlobSource | UploadSource | FolderSource | RunSource):
        return Picked(first)
    return _join_or_make(ports, first, requester) or next_job(
        ports, source, overrides, requester, force=force
    )


def next_job(
    ports: Ports,
    source: Source,
    overrides: Mapping[str, Any],
    requester: Requester,
    *,
    force: bool = False,
) -> Picked:
    """This request's last repetition, if it can be joined, or else the next one."""
    first = job_id(source, overrides, force=force)
    times = ports.ledger.repeat_count(first)
    if times:
        last = job_id(source, overrides, times, force=force)
        if (picked := _join_or_make(ports, last, requester)) is not None:
            return picked
    ports.ledger.record_repeat(first, times + 1)
    return Picked(job_id(source, overrides, times + 1, force=force))


def has_place(ports: Ports, request: DeployRequest, order: str) -> bool:
    """True if the request's job has this place, or a newer one."""
    if not order or order_key(order) <= order_key(request.order):
        return True
    joined = ports.ledger.joined(request.job).order
    return bool(joined) and order_key(order) <= order_key(joined)


def join(ports: Ports, job: str, order: str) -> bool:
    """Join the job, if it has not ended and gives way to none.

    What joins it records its order, and looks again. The job looks for that order before it gives
    way, and after it has its result. So one of the two sees the other.
    """
    if not _goes_on(ports, job):
        return False
    ports.ledger.ask_again(job, order)
    if not _goes_on(ports, job):
        return False
    if (endpoint := _endpoint(ports, job)) is not None:
        ports.ledger.queue_job(endpoint, job, order)
    return True


def _join_or_make(ports: Ports, job: str, requester: Requester) -> Picked | None:
    """Join the job; a job without a request is to be made. None if it has ended or gives way."""
    if ports.ledger.request(job) is None:
        return Picked(job)
    order = take_order(ports, requester)
    return Picked(job, order) if join(ports, job, order) else None


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
