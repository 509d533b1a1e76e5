"""Fetch a job's package from the ledger to disk."""

from pathlib import Path

from shared.domain.errors import rejected
from shared.domain.requests.request import DeployRequest
from shared.domain.requests.source import FolderSource
from shared.package.folder import check_files
from shared.ports import Ports


def fetch_package(ports: Ports, request: DeployRequest, into: Path) -> Path:
    """Fetch the kept zip or folder. Raises Rejected if it is gone, or its files exceed the limits.

    It is gone if the job that kept it is older than the operator keeps jobs.
    """
    source = request.source
    if isinstance(source, FolderSource):
        start = len(source.path)
        check_files((it.path[start:], it.size) for it in source.files)
    try:
        return ports.ledger.fetch_package(request.package, into)
    except LookupError as gone:
        cause = f"The ledger no longer has the package of job {request.package}"
        name = str(getattr(source, "path", ""))
        raise rejected(name, cause, "Drop the flow again") from gone


def fetch_package_of_job(ports: Ports, job: str, into: Path) -> Path:
    """Fetch the package of a job, by its request in the ledger."""
    request = ports.ledger.request(job)
    if request is None:
        raise LookupError(f"Job {job} has no request")
    return fetch_package(ports, request, into)
