"""A job's package on disk, for as long as a step needs it."""

from pathlib import Path

from shared.domain.requests.request import DeployRequest, FolderSource, RevisionSource
from shared.package.folder import check_files
from shared.ports import Ports


def fetched(ports: Ports, request: DeployRequest, into: Path) -> Path:
    """The zip or the folder as it was kept. Raises Rejected where it may not be opened at all."""
    source = request.source
    if isinstance(source, FolderSource):
        start = len(source.path)
        check_files((it.path[start:], it.size) for it in source.files)
    owner = source.package if isinstance(source, RevisionSource) else request.job
    return ports.ledger.fetch_package(owner, into)


def fetched_of(ports: Ports, job: str, into: Path) -> Path:
    """The same for a job whose request is in the ledger."""
    request = ports.ledger.request(job)
    if request is None:
        raise LookupError(f"Job {job} has no request")
    return fetched(ports, request, into)
