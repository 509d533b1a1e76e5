"""Turns in memory."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from tests.fakes.faults import Breakable, breakable

_NEVER = datetime.min.replace(tzinfo=UTC)


@dataclass
class _Turn:
    fence: int = 0
    last: str | None = None
    holder: str | None = None
    until: datetime = _NEVER


_LEASE = timedelta(seconds=60)


class FakeTurns(Breakable):
    """Leases: `lapse` is the minute that passes after its holder's death.

    `clock`: if given, a lease also lapses by itself, a minute after it was last taken.
    """

    def __init__(self, clock: Callable[[], datetime] | None = None) -> None:
        super().__init__()
        self._clock = clock
        self._turns: dict[str, _Turn] = {}

    def lapse(self, endpoint: str) -> None:
        self._turn(endpoint).holder = None

    def holder(self, endpoint: str) -> str | None:
        turn = self._turn(endpoint)
        if self._clock is not None and self._clock() >= turn.until:
            turn.holder = None
        return turn.holder

    @breakable
    def take(self, endpoint: str, job: str) -> int | None:
        turn = self._turn(endpoint)
        if self.holder(endpoint) not in (None, job):
            return None
        turn.holder = job
        if self._clock is not None:
            turn.until = self._clock() + _LEASE
        if turn.last != job:
            turn.last, turn.fence = job, turn.fence + 1
        return turn.fence

    @breakable
    def last(self, endpoint: str) -> str | None:
        return self._turn(endpoint).last

    @breakable
    def release(self, endpoint: str, job: str) -> None:
        turn = self._turn(endpoint)
        if turn.holder == job:
            turn.holder = None

    def _turn(self, endpoint: str) -> _Turn:
        return self._turns.setdefault(endpoint, _Turn())
