"""Accept a dropped zip or folder, found by its event or by the sweep."""

from shared.domain.errors import Rejected
from shared.domain.identifiers.paths import BlobPath, FolderPath
from shared.domain.requests.source import BlobSource, FolderSource
from shared.ports import Ports
from shared.steps.intake.accept import Accepted, Requester, SourceChanged, accept_source


def accept_dropped(
    ports: Ports,
    source: BlobSource | FolderSource,
    asked: str | None,
    *,
    job: str | None = None,
) -> Accepted | None:
    """Accept what was dropped; None if it has changed since, as the change has its own event.

    A source with an invalid path, or that Azure does not copy, becomes a job that ends as rejected,
    so that its failure is reported once.

    Args:
        ports: the services.
        source: what was dropped.
        asked: when it was dropped, by storage's clock; None for now.
        job: the job's id; by default derived from the source.
    """
    requester = Requester("blob", asked=asked)
    try:
        _check(source)
        return accept_source(ports, source, {}, requester, job=job)
    except SourceChanged:
        return None
    except Rejected as refused:
        return accept_source(ports, source, {}, requester, job=job, findings=refused.findings)


def _check(source: BlobSource | FolderSource) -> None:
    """Raise Rejected if the path leads out of its folder."""
    if isinstance(source, BlobSource):
        BlobPath(source.path)
    else:
        FolderPath(source.path)
