"""The package of a source, fetched to disk without a copy in the ledger."""

from pathlib import Path

from shared.domain.requests.source import BlobSource, FolderSource, RevisionSource, Source
from shared.package.folder import check_files
from shared.ports import Ports
from shared.steps.intake.kept_package import SourceChanged
from shared.steps.intake.resolve import run_package


def fetch_source(ports: Ports, source: Source, into: Path) -> Path:
    """Fetch the zip or folder of a source at its version.

    Raises:
        SourceChanged: the source is no longer at this version.
        Rejected: its files exceed the limits, or cannot be read.
    """
    if isinstance(source, BlobSource):
        return _there(ports.flows.fetch_zip(source.path, source.etag, into), source.path)
    if isinstance(source, FolderSource):
        check_files((it.path.removeprefix(source.path), it.size) for it in source.files)
        found = ports.flows.fetch_folder(source.path, source.files, into)
        return _there(found, source.path)
    if isinstance(source, RevisionSource):
        return ports.ledger.fetch_package(source.package, into)
    content = run_package(ports, source)  # type: ignore[arg-type] # of those asked for, a run
    (into / "package.zip").write_bytes(content)
    return into / "package.zip"


def _there(package: Path | None, path: str) -> Path:
    if package is None:
        raise SourceChanged(path)
    return package
