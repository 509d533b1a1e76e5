"""A source that nobody named: it was dropped, and whoever finds it takes it."""

from shared.domain.errors import Rejected
from shared.domain.identifiers.paths import BlobPath, FolderPath
from shared.domain.requests.request import BlobSource, FolderSource
from shared.ports import Ports
from shared.steps.intake.accept import Accepted, Asker, SourceMoved, accept


def take(
    ports: Ports,
    source: BlobSource | FolderSource,
    asked: str | None,
    *,
    job: str | None = None,
) -> Accepted | None:
    """The job of what was dropped; None where it has changed: that has its own event.

    What has a path that leads elsewhere, or that Azure does not copy, becomes a job that ends as
    rejected, so that somebody is told, once.

    Args:
        ports: the world.
        source: what was dropped.
        asked: when, by storage's clock; None for now.
        job: its id, where it is not that of the source.
    """
    asker = Asker("blob", asked=asked)
    try:
        _check(source)
        return accept(ports, source, {}, asker, job=job)
    except SourceMoved:
        return None
    except Rejected as refused:
        return accept(ports, source, {}, asker, job=job, findings=refused.findings)


def _check(source: BlobSource | FolderSource) -> None:
    """Raises Rejected where the path would lead elsewhere."""
    if isinstance(source, BlobSource):
        BlobPath(source.path)
    else:
        FolderPath(source.path)
