"""What should be, against what is: so that a lost event costs a delay and never a flow."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from shared.domain.errors import Rejected
from shared.domain.job import (
    BlobSource,
    FileVersion,
    FolderSource,
    is_flow_folder,
    job_id,
    order_key,
)
from shared.ports import Ports
from shared.steps.accept import SourceMoved, accept

# The events' own time to arrive, before the sweep takes a drop for a missed one.
_GRACE = timedelta(minutes=2)


def unfinished(ports: Ports) -> tuple[str, ...]:
    """Jobs that are begun and not ended, and have a request: their engine must be alive.

    A mark whose request was never written (its door died in between, and comes again by itself) is
    taken away once the job has ended or another try has made the request.
    """
    requested = ports.ledger.requested()
    return tuple(job for job in ports.ledger.open_jobs() if job in requested)


def missed(ports: Ports) -> tuple[str, ...]:
    """Accept what lies in the container without a request; the jobs that this made."""
    requested = ports.ledger.requested()
    made = []
    for source, order in _dropped(ports):
        if job_id(source, {}) in requested:
            continue
        try:
            made.append(accept(ports, source, {}, door="blob", order=order).job)
        except (SourceMoved, Rejected):  # it changed again: the next sweep looks again
            continue
    return tuple(made)


def _dropped(ports: Ports) -> Iterator[tuple[BlobSource | FolderSource, str]]:
    files = ports.flows.list("")
    before = ports.now() - _GRACE
    folders = _folders(files)
    for folder, inside in folders.items():
        newest = max((it.modified for it in inside), key=order_key)
        if all(_since(it) < before for it in inside):
            yield FolderSource(path=folder, files=tuple(inside)), newest
    for file in files:
        loose = not any(file.path.startswith(folder) for folder in folders)
        if loose and file.path.lower().endswith(".zip") and _since(file) < before:
            yield BlobSource(path=file.path, etag=file.etag), file.modified


def _folders(files: tuple[FileVersion, ...]) -> dict[str, list[FileVersion]]:
    """The topmost folders that hold a flow file, with all that is in them."""
    parents = {file.path.rpartition("/")[0] + "/" for file in files if "/" in file.path}
    flows = sorted(folder for folder in parents if is_flow_folder(folder, files))
    top: list[str] = []
    for folder in flows:
        if not any(folder.startswith(above) for above in top):
            top.append(folder)
    return {folder: [it for it in files if it.path.startswith(folder)] for folder in top}


def _since(file: FileVersion) -> datetime:
    return datetime.fromisoformat(file.modified)
