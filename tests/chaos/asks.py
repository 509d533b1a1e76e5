"""What people asked for, in the time of the service that took it; Sluice's own notes do not count.

The app orders its requests by times that it writes down itself. So what must be true of the newest
request is checked here against the times of the people's own calls.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import groupby

from shared.domain.jobs.result import WELL
from shared.domain.requests.request import job_id
from shared.domain.requests.source import BlobSource
from tests.fakes.world import World

_RESOLUTION = timedelta(seconds=1)
"""Requests of one second may be taken in any order."""


@dataclass
class Ask:
    """One request for an endpoint, however often it was delivered.

    Attributes:
        endpoint: its endpoint.
        first: the earliest moment that may count for it.
        last: the latest; it is later where a call was answered only after many tries.
        jobs: the jobs that its deliveries became.
    """

    endpoint: str
    first: datetime
    last: datetime
    jobs: set[str] = field(default_factory=set)

    def answered(self, job: str, now: datetime) -> None:
        """Note the job that a call became; the first answer ends the time that may count."""
        if not self.jobs:
            self.last = now
        self.jobs.add(job)

    def not_before(self, moment: datetime) -> None:
        """Count it for this moment, if it would count for an earlier one."""
        self.first, self.last = max(self.first, moment), max(self.last, moment)

    @property
    def job(self) -> str:
        return min(self.jobs, default="")

    def may_follow(self, other: "Ask") -> bool:
        """True if it may have been asked after the other one."""
        return self.last + _RESOLUTION > other.first


@dataclass
class Drop(Ask):
    """A blob that was uploaded. No delivery says which job it became, but its version does."""

    source: BlobSource = field(default_factory=lambda: BlobSource(path="", etag=""))

    def found(self, world: World) -> bool:
        """Look for the job of this version; False if the blob still has it and there is no job."""
        job = job_id(self.source, {})
        if world.ledger.request(job) is not None:
            self.jobs.add(job)
        return bool(self.jobs) or world.flows.content(self.source.path, self.source.etag) is None


def violations(world: World, asks: Sequence[Ask], last: Callable[[str], str]) -> Iterator[str]:
    """Yield, in words, what is not as it was asked.

    `last`: the job whose release an endpoint has, as its requests are ordered in the ledger.
    """
    for ask in asks:
        if isinstance(ask, Drop) and not ask.found(world):
            yield f"the drop of {ask.source.path} never became a job"
        if len(ask.jobs) > 1:
            yield f"one request of {ask.endpoint} became {len(ask.jobs)} jobs: {sorted(ask.jobs)}"
    by_endpoint = sorted((it for it in asks if it.jobs), key=lambda it: it.endpoint)
    for endpoint, found in groupby(by_endpoint, key=lambda it: it.endpoint):
        yield from _of_endpoint(world, endpoint, list(found), last)


def _of_endpoint(
    world: World, endpoint: str, asks: list[Ask], last: Callable[[str], str]
) -> Iterator[str]:
    for ask in asks:
        others = [it for it in asks if it.job != ask.job]
        if _outcome(world, ask) == "superseded" and not any(it.may_follow(ask) for it in others):
            yield f"{endpoint}: job {ask.job} was superseded, and nothing newer was asked"
    well = [it for it in asks if _outcome(world, it) in WELL]
    newest = max(well, key=lambda it: it.first, default=None)
    if newest is None or _unclear(newest, well):
        return
    if last(endpoint) != newest.job:
        yield f"{endpoint}: {newest.job} was asked last, and {last(endpoint)} counts as the newest"


def _unclear(newest: Ask, others: Iterable[Ask]) -> bool:
    return any(it.job != newest.job and it.may_follow(newest) for it in others)


def _outcome(world: World, ask: Ask) -> str:
    result = world.ledger.read(ask.job, "result")
    return str(result["data"]["outcome"]) if result is not None else ""
