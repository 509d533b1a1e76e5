"""What should be, against what is: so that a lost event costs a delay and never a flow."""

import logging
import random
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta

from shared.domain.failure import AzureFailure
from shared.domain.requests.request import (
    BlobSource,
    FileVersion,
    FolderSource,
    is_flow_folder,
    is_prompty_folder,
    job_id,
    order_key,
)
from shared.ports import Ports
from shared.steps.intake.asked_again import same_job
from shared.steps.intake.dropped import take

_log = logging.getLogger(__name__)

# The events' own time to arrive, before the sweep takes a drop for a missed one.
_GRACE = timedelta(minutes=2)
# Storage that fails so often in one sweep is away; the next one goes on, in another order.
_MOST_FAILURES = 10

type Dropped = BlobSource | FolderSource


def unfinished(ports: Ports) -> tuple[str, ...]:
    """Jobs that are begun and not ended, and have a request: their engine must be alive.

    A mark whose request was never written (its door died in between, and comes again by itself) is
    taken away once the job has ended or another try has made the request.
    """
    return tuple(job for job in ports.ledger.open_jobs() if ports.ledger.request(job) is not None)


def missed(ports: Ports) -> tuple[str, ...]:
    """Accept what lies in the container without a request; the jobs that this made.

    What fails is left to the next sweep, and keeps no other source waiting.
    """
    known, seen = (
        ports.ledger.known_folders(),
        ports.ledger.last_sweep(),
    )  # before the list: never newer
    files = ports.flows.list("")
    folders = _folders(files)
    before = datetime.fromisoformat(ports.flows.server_time()) - _GRACE
    sources = list(_dropped(files, folders, before))
    noted = {it.path: seen[it.path] for it, _ in sources if it.path in seen}
    made, failures = list[str](), 0
    for source, modified in random.sample(sources, len(sources)):
        job, last = job_id(source, {}), known.get(source.path)
        if job == (last or noted.get(source.path)):
            continue
        try:
            made += _taken(ports, source, modified, last)
            noted[source.path] = job
        except AzureFailure as failure:
            _log.warning("The sweep could not take %s: %s", source.path, failure)
            failures += 1
            if failures == _MOST_FAILURES:
                break
    _remember(ports, seen, noted, [path for path in known if path not in folders])
    return tuple(made)


def _taken(ports: Ports, source: Dropped, modified: str, last: str | None) -> tuple[str, ...]:
    """The job that this source lacked, if it did. `last`: the folder's job when it was last taken.

    A folder that only lost files is asked now, whatever the others say of their age; it may have
    had the same files before.
    """
    first = job_id(source, {})
    if last is None:
        known = ports.ledger.request(first) is not None
        accepted = None if known else take(ports, source, modified)
    else:
        asked = None if _only_lost(ports, source, last) else modified
        accepted = take(ports, source, asked, job=same_job(ports, source, {}))
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
    """What is not remembered is looked up again by the next sweep."""
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
    """What has been left alone for a while, and when it last changed."""
    for folder, inside in folders.items():
        newest = max((it.modified for it in inside), key=order_key)
        if all(_since(it) < before for it in inside):
            yield FolderSource(path=folder, files=tuple(inside)), newest
    for file in files:
        loose = not any(file.path.startswith(folder) for folder in folders)
        if loose and file.path.lower().endswith(".zip") and _since(file) < before:
            yield BlobSource(path=file.path, etag=file.etag), file.modified


def _folders(files: tuple[FileVersion, ...]) -> dict[str, list[FileVersion]]:
    """The topmost folders that hold a flow file, and those of one prompty, with all in them."""
    parents = {file.path.rpartition("/")[0] + "/" for file in files if "/" in file.path}
    flows = sorted(folder for folder in parents if is_flow_folder(folder, files))
    lone = {it.path.rpartition("/")[0] + "/" for it in files if it.path.endswith(".prompty")}
    prompties = sorted(it for it in lone - {"/"} if is_prompty_folder(it, files))
    top: list[str] = []
    for folder in (*flows, *prompties):
        if not any(folder.startswith(above) or above.startswith(folder) for above in top):
            top.append(folder)
    return {folder: [it for it in files if it.path.startswith(folder)] for folder in top}


def _since(file: FileVersion) -> datetime:
    return datetime.fromisoformat(file.modified)
