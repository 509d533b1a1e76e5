"""Long-running operations in memory: each ends after a number of polls."""

import itertools
from collections.abc import Callable
from dataclasses import dataclass

from shared.domain.azure.endpoint import OperationState

SIGNATURE = "signature-of-arm"


@dataclass
class _Operation:
    polls: int
    end: Callable[[], None]
    result: OperationState


class FakeOperations:
    """`polls`: how often a new operation reports that it runs before it ends.

    `mute`: no status URL answers, though the operations go on.
    """

    def __init__(self, polls: int) -> None:
        self.polls = polls
        self.mute = False
        self._running: dict[str, _Operation] = {}
        self._ended: dict[str, OperationState] = {}
        self._ids = itertools.count(1)

    def begin(self, end: Callable[[], None], failure: tuple[str, str] | None = None) -> str | None:
        """Return a status URL, or None if it ends at once. A failure has a code and a message."""
        result = OperationState("failed", *failure) if failure else OperationState("succeeded")
        if self.polls == 0 and failure is None:
            end()
            return None
        place = f"https://management.azure.com/operations/{next(self._ids)}"
        url = f"{place}?api-version=1&t=1&c=MII&s={SIGNATURE}&h=y"
        self._running[place] = _Operation(self.polls, end, result)
        return url

    def poll(self, url: str) -> OperationState:
        """Poll once, which makes time pass here. A URL without its signature is refused."""
        state = self._state(url.partition("?")[0])
        return OperationState("unknown") if self.mute or SIGNATURE not in url else state

    def _state(self, place: str) -> OperationState:
        if place in self._ended:
            return self._ended[place]
        operation = self._running.get(place)
        if operation is None:
            return OperationState("unknown")
        if operation.polls > 0:
            operation.polls -= 1
            return OperationState("running")
        self._ended[place] = self._running.pop(place).result
        operation.end()
        return self._ended[place]

    def tick(self) -> None:
        """Let time pass: each running operation comes nearer to its end, polled or not."""
        for place in list(self._running):
            self._state(place)

    def settle(self) -> None:
        """Let all running operations end."""
        for place, operation in list(self._running.items()):
            operation.polls = 0
            self._state(place)


def unsigned(url: str | None) -> str | None:
    """The status URL as the resource itself shows it."""
    return url and f"{url.partition('?')[0]}?api-version=1"
