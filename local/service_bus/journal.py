"""One SQLite transaction for each turn of the event loop; answers are sent only after its commit.

So every answer survives kill -9, with one commit for many messages. A crash of the operating
system is not covered, since the log is not synced at each commit.
"""

import asyncio
import sqlite3
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, Final

_SETTINGS: Final = (
    # Exclusive: a second broker on the same file is refused.
    "PRAGMA locking_mode=EXCLUSIVE",
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=NORMAL",
)


class Journal:
    def __init__(self, path: Path, loop: asyncio.AbstractEventLoop) -> None:
        self._database = sqlite3.connect(path, isolation_level=None, timeout=1)
        self._loop = loop
        self._waiting: list[Callable[[], None]] = []
        self._scheduled = False
        self._changed = False
        for setting in _SETTINGS:
            self._database.execute(setting)

    def read(self, query: str, values: tuple[object, ...] = ()) -> Iterable[tuple[Any, ...]]:
        return self._database.execute(query, values)

    def write(self, statement: str, values: tuple[object, ...] = ()) -> None:
        if not self._changed:
            self._database.execute("BEGIN IMMEDIATE")
            self._changed = True
            self._schedule()
        self._database.execute(statement, values)

    def then(self, call: Callable[[], None]) -> None:
        """Call once everything written so far is committed."""
        self._waiting.append(call)
        self._schedule()

    def close(self) -> None:
        self._commit()
        self._database.close()

    def _schedule(self) -> None:
        if not self._scheduled:
            self._scheduled = True
            self._loop.call_soon(self._turn)

    def _turn(self) -> None:
        self._scheduled = False
        self._commit()
        waiting, self._waiting = self._waiting, []
        for call in waiting:
            call()

    def _commit(self) -> None:
        if self._changed:
            self._database.execute("COMMIT")
            self._changed = False
