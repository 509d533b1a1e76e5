"""The sweep: finds open jobs and missed drops, so that a lost event only costs a delay."""

import logging
import random
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta

from shared.domain.failure import AzureFailure
from shared.domain.requests.flow_folder import flow_folders
from shared.domain.requests.request import job_id, order_key
from shared.domain.requests.source import BlobSource, FileVersion, FolderSource
from shared.ports import Ports
from shared.steps.intake.asked_again import running_or_next_job
from shared.steps.intake.dropped import accept_dropped
from shared.steps.intake.requester import Requester

_log = logging.getLogger(__name__)

# Events get this long to arrive, after a folder's quiet period, before a drop counts as missed.
_GRACE = timedelta(minutes=2)
# After this many failures in one sweep, storage is down: the next sweep goes on, in another order.
_MOST_FAILURES = 10
# Open jobs that one sweep looks at, with some calls each. While more are open, the sweeps take them
# in turns: a burst is a thousand jobs that run.
_MOST_OPEN = 100

type Dropped = BlobSource | FolderSource


def find_open_jobs(ports: Ports, look: int = 0) -> tuple[str, ...]:
    """Find the open jobs that have a request; each must have a running orchestration.

    A mark may have no request, if its door died in between. The door's own retry makes the request,
    and the mark is removed when the job has ended. If more than a hundred jobs are open, one part
    of them is returned, and `look` chooses which: of a thousand, ten looks in a row return all.
    """
    jobs = sorted(ports.ledger.open_jobs())
    parts = -(-len(jobs) // _MOST_OPEN) or 1
    jobs = jobs[look % parts :: parts]
    return tuple(job for job in jobs if ports.ledger.request(job) is not None)


def accept_missed(ports: Ports) -> tuple[str, ...]:
    """Accept the drops in the container that have no request; returns the new jobs.

    A source that fails is left to the next sweep, and does not hold up the others.
    """
    known, seen = ports.ledger.known_folders(), ports.ledger.last_sweep()
    files, at = ports.flows.snapshot()  # after what is known of it, which is then never newer
    folders = flow_folders(files)
    grace = _GRACE + timedelta(seconds=ports.quiet_period)
    before = datetime.fromisoformat(at) - grace
    sources = list(_dropped(files, folders, before))
    noted = {it.path: seen[it.path] for it, _ in sources if it.path in seen}
    made, failures = list[str](), 0
    for source, modified in random.sample(sources, len(sources)):
        job, last = job_id(source, {}), known.get(source.path)
        if job == (last or noted.get(source.path)):
            continue
        try:
            made += _accept_if_missed(ports, source, modified, last)
            noted[source.path] = job
        except AzureFailure as failure:
            _log.warning("The sweep could not take %s: %s", source.path, failure)
            failures += 1
            if failures == _MOST_FAILURES:
                break
    _remember(ports, seen, noted, [path for path in known if path not in folders])
    return tuple(made)


def _accept_if_missed(
    ports: Ports, source: Dropped, modified: str, last: str | None
) -> tuple[str, ...]:
    """Accept the source if it has no job. `last`: the folder's last job.

    If a folder only lost files, its request counts as made now, whatever the age of the files that
    are left; the folder may have had the same files before.
    """
    first = job_id(source, {})
    if last is None:
        known = ports.ledger.request(first) is not None
        accepted = None if known else accept_dropped(ports, source, modified)
    else:
        asked = None if _only_lost(ports, source, last) else modified
        job = running_or_next_job(ports, source, {}, Requester("blob", asked=asked)).job
        accepted = accept_dropped(ports, source, asked, job=job)
        ports.ledger.record_folder(source.path, first)
    return () if accepted is None or accepted.ended else (accepted.job,)


def _only_lost(ports: Ports, source: Dropped, last: str) -> bool:
    before = ports.ledger.request(last)
    if before is None or not isinstance(before.source, FolderSource):
        return False
    had = {(it.path, it.etag) for it in before.source.files}
    return isinstance(source, FolderSource) and had >= {(it.path, it.etag) for it in source.files}


def _remember(
    ports: Ports, before: Mapping[str, str], now: Mapping[str, str], gone: list[str]
) -> None:
    """Record what this sweep saw. A failure only makes the next sweep look again."""
    try:
        if before != now:
            ports.ledger.record_sweep(now)
        for path in gone:
            ports.ledger.forget_folder(path)
    except AzureFailure as failure:
        _log.warning("The sweep could not note what it saw: %s", failure)


def _dropped(
    files: tuple[FileVersion, ...], folders: Mapping[str, list[FileVersion]], before: datetime
) -> Iterator[tuple[Dropped, str]]:
    """The zips and flow folders that have not changed since, each with its last change."""
    for folder, inside in folders.items():
        newest = max((it.modified for it in inside), key=order_key)
        if all(_modified(it) < before for it in inside):
            yield FolderSource(path=folder, files=tuple(inside)), newest
    inside_one = {it.path for inside in folders.values() for it in inside}
    for file in files:
        loose = file.path not in inside_one
        if loose and file.path.lower().endswith(".zip") and _modified(file) < before:
            yield BlobSource(path=file.path, etag=file.etag), file.modified


def _modified(file: FileVersion) -> datetime:
    return datetime.fromisoformat(file.modified)
