"""Turns in memory."""

from dataclasses import dataclass

from tests.fakes.faults import Breakable, breakable


@dataclass
class _Turn:
    fence: int = 0
    last: str | None = None
    holder: str | None = None


class FakeTurns(Breakable):
    """Leases without a clock: `lapse` is the minute that passes after its holder's death."""

    def __init__(self) -> None:
        super().__init__()
        self._turns: dict[str, _Turn] = {}

    def lapse(self, endpoint: str) -> None:
        self._turn(endpoint).holder = None

    def holder(self, endpoint: str) -> str | None:
        return self._turn(endpoint).holder

    @breakable
    def take(self, endpoint: str, job: str) -> int | None:
        turn = self._turn(endpoint)
        if turn.holder not in (None, job):
            return None
        turn.holder = job
        if turn.last != job:
            turn.last, turn.fence = job, turn.fence + 1
        return turn.fence

    @breakable
    def release(self, endpoint: str, job: str) -> None:
        turn = self._turn(endpoint)
        if turn.holder == job:
            turn.holder = None

    def _turn(self, endpoint: str) -> _Turn:
        return self._turns.setdefault(endpoint, _Turn())
