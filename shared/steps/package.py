"""A job's package on disk, for as long as a step needs it."""

import shutil
from pathlib import Path

from shared.domain.job import DeployRequest, FolderSource, RevisionSource
from shared.package.archive import open_zip
from shared.package.folder import check_files
from shared.package.kept import kept_files
from shared.ports import Ports


def fetched(ports: Ports, request: DeployRequest, into: Path) -> Path:
    """The flow's root, manifests and all. Raises Rejected where it may not be opened at all."""
    source = request.source
    if isinstance(source, FolderSource):
        start = len(source.path)
        check_files((it.path[start:], it.size) for it in source.files)
    owner = source.package if isinstance(source, RevisionSource) else request.job
    package = ports.ledger.fetch_package(owner, into)
    return package if package.is_dir() else open_zip(package, into / "opened")


def unpacked(ports: Ports, job: str, into: Path) -> Path:
    """A folder named `flow` with exactly the files of the flow, as they are hashed and uploaded.

    The name is always the same, since Azure ML binds a model's version to its path.
    """
    request = ports.ledger.request(job)
    if request is None:
        raise LookupError(f"Job {job} has no request")
    root = fetched(ports, request, into)
    flow = into / "flow"
    for path in kept_files(root):
        (flow / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.move(root / path, flow / path)
    return flow
