"""Simulates a day of jobs, and bursts, within the limits of Azure. Pure; time is simulated."""

from dataclasses import dataclass
from heapq import heappop, heappush
from itertools import count
from typing import Final

from shared.adapters.budget import HELD, Bucket

ENDPOINTS: Final = 100
"""Endpoints of a subscription in a region ('Manage and increase quotas', learn.microsoft.com)."""
OPERATION: Final = 15 * 60
"""Seconds for which a job waits for Azure ML: a new deployment takes about a quarter of an hour."""
WORKDAY: Final = 10 * 3600
"""Seconds over which a day's jobs are spread."""


@dataclass(frozen=True)
class Day:
    """What became of a day's jobs.

    Attributes:
        done: jobs that were carried out.
        superseded: jobs that a newer one for the same endpoint overtook while they waited.
        longest: seconds for which a job waited for its endpoint, at most.
        at_once: jobs under way at the same time, at most.
    """

    done: int
    superseded: int
    longest: int
    at_once: int


def day(jobs: int, places: int) -> Day:
    """Spread jobs evenly over a workday and over the endpoints of so many places.

    A place is a subscription in a region. An endpoint takes one job at a time, and the newest of
    those that wait is next.
    """
    endpoints = min(jobs, ENDPOINTS * places)
    waiting = dict[int, int]()
    ends = list[tuple[int, int]]()
    busy = set[int]()
    done = superseded = longest = most = 0

    def begin(endpoint: int, now: int, came: int) -> None:
        nonlocal longest
        longest = max(longest, now - came)
        busy.add(endpoint)
        heappush(ends, (now + OPERATION, endpoint))

    def settle(until: int) -> None:
        nonlocal done
        while ends and ends[0][0] <= until:
            now, endpoint = heappop(ends)
            done += 1
            busy.discard(endpoint)
            if (came := waiting.pop(endpoint, None)) is not None:
                begin(endpoint, now, came)

    for number in range(jobs):
        now = number * WORKDAY // jobs
        settle(now)
        endpoint = number % endpoints
        if endpoint in busy:
            superseded += endpoint in waiting
            waiting[endpoint] = now
        else:
            begin(endpoint, now, now)
        most = max(most, len(busy))
    settle(WORKDAY * 1000)
    return Day(done, superseded, longest, most)


def places_for(jobs: int) -> int:
    """How many places a day's jobs need so that none is superseded while it waits."""
    return next(it for it in count(1) if not day(jobs, it).superseded)


def burst(calls: int, *, size: float, rate: float) -> float:
    """Seconds until ARM has taken so many calls that come at once, as the app's budget paces them.

    `size` and `rate`: of ARM's bucket for this kind of call.
    """
    bucket = Bucket(size, rate)
    bucket.tell(size, 0.0)
    asks, taken = [0.0] * calls, 0.0
    while asks:
        now = heappop(asks)
        wait = bucket.take(now)
        if wait > HELD:
            heappush(asks, now + wait)
        else:
            bucket.land()
            taken = max(taken, now + wait)
    return taken
