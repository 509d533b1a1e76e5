"""Long-running operations in memory: each ends after it was polled some times."""

import itertools
from collections.abc import Callable
from dataclasses import dataclass

from shared.domain.endpoint import OperationState
from shared.domain.failure import Refused


@dataclass
class _Operation:
    polls: int
    end: Callable[[], None]
    result: OperationState


class FakeOperations:
    """`polls` is how often a new operation says that it runs before it ends."""

    def __init__(self, polls: int) -> None:
        self.polls = polls
        self._running: dict[str, _Operation] = {}
        self._ended: dict[str, OperationState] = {}
        self._ids = itertools.count(1)

    def begin(self, end: Callable[[], None], failure: tuple[str, str] | None = None) -> str | None:
        """A status URL, or None where it ends at once. A failure has a code and a message."""
        result = OperationState("failed", *failure) if failure else OperationState("succeeded")
        if self.polls == 0 and failure is None:
            end()
            return None
        url = f"https://management.azure.com/operations/{next(self._ids)}"
        self._running[url] = _Operation(self.polls, end, result)
        return url

    def poll(self, url: str) -> OperationState:
        """One look; it is what makes time pass here."""
        if url in self._ended:
            return self._ended[url]
        operation = self._running.get(url)
        if operation is None:
            raise Refused("ResourceNotFound", f"There is no operation {url}.", status=404)
        if operation.polls > 0:
            operation.polls -= 1
            return OperationState("running")
        self._ended[url] = self._running.pop(url).result
        operation.end()
        return self._ended[url]

    def settle(self) -> None:
        """Let all that runs end."""
        for url, operation in list(self._running.items()):
            operation.polls = 0
            self.poll(url)
