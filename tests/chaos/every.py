"""One fault at each call of a deployment in turn, from the first to the last.

The endpoint serves an earlier version; the request comes over HTTP. Each fault strikes before its
call has done its work or after, so that the answer is lost; `crash` lets the host die there.
"""

from collections.abc import Iterator

from tests.chaos.counts import Counts
from tests.chaos.faults import FAILURES, Fault
from tests.chaos.sequence import Sequence
from tests.chaos.steps import SERVICES, Act

_SEED = 1
_ASKED = {
    "door": "http",
    "endpoint": "end-0",
    "path": 1,
    "shape": "",
    "copies": 1,
    "lost": False,
    "delay": 0,
}
KINDS = (*FAILURES, "crash")
type Case = tuple[str, str, bool]
"""A service, how its call fails, and whether after its work."""


def cases() -> Iterator[Case]:
    for service in SERVICES:
        for how in KINDS:
            yield from ((service, how, after) for after in (False, True))


def last_call(service: str) -> int:
    """How many calls of the service there are when none fails."""
    many = 1_000_000
    return many - _play((service, "500", False), many)[2].calls


def play(case: Case, number: int) -> tuple[list[str], Counts]:
    """Let that call (from 0) fail; return what is violated, and the counts."""
    found, played, fault = _play(case, number)
    if fault.calls >= 0:
        found.append(f"{case}: there is no call {number}")
    counts = played.counts()
    counts.violations = len(found)
    return found, counts


def _play(case: Case, number: int) -> tuple[list[str], Sequence, Fault]:
    played = Sequence(_SEED)
    for content in (0, 1):
        fault = Fault(*case[:2], number, case[2])
        if content == 1:
            played.observer.faults.plan(fault)
        played.do(Act("request", {**_ASKED, "content": content}))
        played.do(Act("rest"))
    return played.end(), played, fault
