"""Fetch a job's package from the ledger to disk."""

from pathlib import Path

from shared.domain.requests.request import DeployRequest
from shared.domain.requests.source import FolderSource
from shared.package.folder import check_files
from shared.ports import Ports


def fetch_package(ports: Ports, request: DeployRequest, into: Path) -> Path:
    """Fetch the kept zip or folder. Raises Rejected if its files exceed the limits."""
    source = request.source
    if isinstance(source, FolderSource):
        start = len(source.path)
        check_files((it.path[start:], it.size) for it in source.files)
    return ports.ledger.fetch_package(request.package, into)


def fetch_package_of_job(ports: Ports, job: str, into: Path) -> Path:
    """Fetch the package of a job, by its request in the ledger."""
    request = ports.ledger.request(job)
    if request is None:
        raise LookupError(f"Job {job} has no request")
    return fetch_package(ports, request, into)
