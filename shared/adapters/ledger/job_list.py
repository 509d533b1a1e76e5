"""The list of jobs, newest first: one empty blob for each job, whose name sorts by time."""

from shared.adapters.ledger.store import BlobStore
from shared.domain.requests.request import DeployRequest, JobPage, JobSummary, newest_first, summary

LISTED = "listed/"


class JobList:
    """`listed/{time, inverted}~{job}`; the metadata is the list's entry.

    So a page is one call, however many jobs there are. An entry that a crash left out is made when
    the job's state is next set.
    """

    def __init__(self, store: BlobStore) -> None:
        self._store = store

    def jobs(self, limit: int = 100, after: str | None = None) -> JobPage:
        """One call."""
        return job_page(self._store, LISTED, limit, after)

    def _list(self, request: DeployRequest) -> None:
        """One call; changes nothing if the job is listed."""
        self._store.create(_path(request), metadata=summary(request).model_dump(exclude={"job"}))

    def _relist(self, request: DeployRequest, state: str, endpoint: str) -> None:
        """One call."""
        entry = summary(request, state).model_copy(update={"endpoint": endpoint})
        self._store.replace(_path(request), metadata=entry.model_dump(exclude={"job"}))


def job_page(store: BlobStore, prefix: str, limit: int, after: str | None) -> JobPage:
    """Some jobs of the list whose entries begin with the prefix. One call."""
    entries, more = store.page(prefix, limit, after)
    jobs = (JobSummary(job=name.partition("~")[2], **_fields(known)) for name, known in entries)
    return JobPage(jobs=tuple(jobs), more=more)


def entry_path(accepted: str, job: str) -> str:
    return f"{LISTED}{newest_first(accepted)}~{job}"


def _path(request: DeployRequest) -> str:
    return entry_path(request.accepted, request.job)


def _fields(metadata: dict[str, str]) -> dict[str, str]:
    return {key: metadata.get(key, "") for key in ("state", "endpoint", "source", "accepted")}
