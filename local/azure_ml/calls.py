"""The log of calls, read by people and tests."""

from collections import deque
from dataclasses import asdict, dataclass
from typing import Any

from local.azure_ml.exchange import Json

MOST = 50_000


@dataclass
class LoggedCall:
    """One call. `status` is None while it runs and where the connection was dropped.

    `retry_after` is that header of the answer.
    """

    time: str
    method: str
    host: str
    path: str
    api_version: str | None
    status: int | None = None
    body: Any = None
    principal: str | None = None
    retry_after: str | None = None


class Calls:
    """The latest calls, oldest first; kept in memory only."""

    def __init__(self) -> None:
        self._log: deque[LoggedCall] = deque(maxlen=MOST)

    def add(self, call: LoggedCall) -> None:
        self._log.append(call)

    def entries(self) -> list[Json]:
        return [asdict(call) for call in self._log]

    def clear(self) -> None:
        self._log.clear()
