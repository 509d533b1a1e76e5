"""View: jobs, newest first, a page at a time."""

from typing import Any

from shared.domain.failure import Refused
from shared.domain.jobs.result import OUTCOMES
from shared.domain.parsing.text import WrongName
from shared.domain.requests.request import JobPage
from shared.ports import Ports

_PAGE = 100
_SEARCHED, _MOST_CALLS = 1_000, 3
_STATES = frozenset({"running", "waiting"}) | OUTCOMES


def list_jobs(
    ports: Ports,
    *,
    state: str | None = None,
    endpoint: str | None = None,
    before: str | None = None,
) -> dict[str, Any]:
    """Return `jobs`, newest first, and `before`: the token of the next page, None after the last.

    100 jobs with one call; with a state or an endpoint, those among at least 1,000 jobs, with at
    most three calls. An endpoint is known once the job has read its package. Raises WrongName.
    """
    if state is not None and state not in _STATES:
        raise WrongName(f"'{state}' is not a state", f"Use one of {', '.join(sorted(_STATES))}")
    wanted = {"state": state, "endpoint": endpoint}
    filters = {key: value for key, value in wanted.items() if value is not None}
    found = list[dict[str, Any]]()
    for _ in range(_MOST_CALLS):
        page = _page(ports, _SEARCHED if filters else _PAGE, before)
        shown = (job.model_dump(mode="json") for job in page.jobs)
        found += (it for it in shown if filters.items() <= it.items())
        before = page.more
        if found or before is None:
            break
    return {"jobs": found, "before": before}


def _page(ports: Ports, limit: int, before: str | None) -> JobPage:
    try:
        return ports.ledger.jobs(limit, before)
    except Refused as failure:
        if before is None:
            raise
        raise WrongName(
            "'before' is not the token of a page", "Use the 'before' of an earlier answer"
        ) from failure
