"""Retention: forgets ended jobs that are older than the operator wants to keep them.

A job stays as long as something may need it: while it has not ended, or an endpoint is held for it;
while its release is one that the endpoint can go back to, or it is the endpoint's newest job; while
a repetition of its request stays; and while its drop still lies in the container, where it would
otherwise count as new.

Old jobs are found by the days of the list of jobs, some at each sweep. The ledger keeps how far the
sweeps have come; after the last old day they begin again, since what had to stay may go by then.
"""

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache

from shared.domain.failure import AzureFailure
from shared.domain.jobs.result import endpoint_of
from shared.domain.release.release import from_json
from shared.domain.requests.request import DeployRequest, job_id, stamp
from shared.domain.requests.source import BlobSource, FolderSource
from shared.ports import Ports

_log = logging.getLogger(__name__)

# Jobs that one sweep looks at: a dozen calls each.
_MOST = 50
# A round through all old days begins at most this often.
_ROUND = timedelta(hours=6)


@dataclass(frozen=True)
class OldJob:
    """A job to forget, and the endpoint that it released to; empty if none."""

    request: DeployRequest
    endpoint: str


def find_old(ports: Ports) -> tuple[OldJob, ...]:
    """Return some jobs to forget, and note how far the search has come. None without retention."""
    if not ports.retention:
        return ()
    place = ports.ledger.forgetting()
    if not place.get("jobs") and not place.get("records") and not _is_due(ports, place):
        return ()
    limit = ports.now() - timedelta(days=ports.retention)
    page = ports.ledger.old_jobs(stamp(limit), _MOST, place.get("jobs"))
    found = _old(ports, [it.job for it in page.jobs], limit)
    for entry in page.jobs:
        if ports.ledger.request(entry.job) is None:  # a crash left only the entry
            ports.ledger.forget_entry(entry.job, entry.accepted)
    records = ports.ledger.forget_records(limit, place.get("records"))
    # A crash before the jobs are forgotten leaves them to the next round.
    now = {"at": place.get("at", "") if place.get("jobs") else stamp(ports.now())}
    more = {"jobs": page.more, "records": records}
    ports.ledger.record_forgetting(now | {key: it for key, it in more.items() if it})
    return found


def forget(ports: Ports, old: OldJob) -> None:
    """Remove all that the ledger has of the job. A repeat finds what is left."""
    ports.ledger.forget_job(old.request, old.endpoint)


def _is_due(ports: Ports, place: dict[str, str]) -> bool:
    last = place.get("at")
    return not last or ports.now() - datetime.fromisoformat(last) >= _ROUND


def _old(ports: Ports, jobs: list[str], limit: datetime) -> tuple[OldJob, ...]:
    if not jobs:
        return ()
    needed = _needed_by_open_jobs(ports)
    needed_at = cache(lambda endpoint: _needed_at(ports, endpoint))
    found = list[OldJob]()
    for job in jobs:
        try:
            request, result = ports.ledger.request(job), ports.ledger.read(job, "result")
            if request is None or result is None or job in needed:
                continue
            endpoint = _endpoint(ports, request)
            old = datetime.fromisoformat(result["time"]) < limit
            if not old or job in needed_at(endpoint):
                continue
            if not _was_repeated(ports, request) and not _still_there(ports, request):
                found.append(OldJob(request, endpoint))
        except AzureFailure as failure:
            _log.warning(
                "Job %s could not be looked at, and stays: %s", job, failure, extra={"job": job}
            )
    return tuple(found)


def _endpoint(ports: Ports, request: DeployRequest) -> str:
    kept = ports.ledger.read(request.job, "release")
    return endpoint_of(request, None if kept is None else from_json(kept))


def _needed_by_open_jobs(ports: Ports) -> frozenset[str]:
    """The open jobs, and those whose packages they deploy."""
    jobs = ports.ledger.open_jobs()
    requests = (ports.ledger.request(it) for it in jobs)
    return frozenset(jobs) | {it.package for it in requests if it is not None}


def _needed_at(ports: Ports, endpoint: str) -> frozenset[str]:
    """The jobs of the releases that the endpoint can go back to, of its hold, and its newest."""
    if not endpoint:
        return frozenset()
    releases, hold = ports.ledger.released(endpoint), ports.ledger.hold(endpoint)
    newest, last = ports.ledger.newest_job(endpoint), ports.turns.last(endpoint)
    jobs = {it.job for it in releases} | {it.package for it in releases}
    return frozenset(jobs | {it for it in (newest, last, hold.job if hold else None) if it})


def _was_repeated(ports: Ports, request: DeployRequest) -> bool:
    """True if the ledger has the job that the request became when it was last made again.

    That job may need this one's package, and its next repetition the count that is kept here.
    """
    times = ports.ledger.repeat_count(request.job)
    if not times:
        return False
    last = job_id(request.source, request.overrides, times, force=request.force)
    return last != request.job and ports.ledger.request(last) is not None


def _still_there(ports: Ports, request: DeployRequest) -> bool:
    """True if the container still has what was dropped: without its job it would count as new."""
    source = request.source
    if isinstance(source, BlobSource):
        files = [(source.path, source.etag)]
    elif isinstance(source, FolderSource):
        files = [(it.path, it.etag) for it in source.files[:1]]
    else:
        return False
    for path, etag in files:
        found = ports.flows.stat(path)
        if found is not None and found.etag.strip('"') == etag.strip('"'):
            return True
    return False
