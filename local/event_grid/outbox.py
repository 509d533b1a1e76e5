"""Events that are not delivered yet, in SQLite."""

import json
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

FILE: Final = "events.db"

type Event = Mapping[str, Any]


@dataclass(frozen=True)
class Waiting:
    """An event to be delivered; `made` in Unix seconds, `attempts` so far."""

    event: Event
    made: float
    attempts: int

    @property
    def id(self) -> str:
        return str(self.event["id"])


class Outbox:
    """Each call is one commit, which survives a kill of the process."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._db = sqlite3.connect(folder / FILE)
        self._db.execute("pragma journal_mode=wal")
        self._db.executescript(Path(__file__).with_name("outbox.sql").read_text("utf-8"))

    def seen(self) -> dict[str, str]:
        """Return the ETag, by name, of the blobs for which an event was made."""
        return dict(self._db.execute("select blob, etag from seen").fetchall())

    def add(self, blob: str, etag: str, event: Event, now: float) -> None:
        """Add the event of a blob's new version, due now."""
        with self._db:
            self._db.execute("replace into seen values (?,?)", (blob, etag))
            values = (event["id"], json.dumps(event), now, 0, now)
            self._db.execute("insert into event values (?,?,?,?,?)", values)

    def skip(self, blob: str, etag: str) -> None:
        """Make no event of a blob's version, as if it were lost."""
        with self._db:
            self._db.execute("replace into seen values (?,?)", (blob, etag))

    def due(self, now: float) -> list[Waiting]:
        """Return the events to be delivered now, longest due first."""
        rows = self._db.execute(
            "select body, made, attempts from event where due<=? order by due", (now,)
        )
        return [Waiting(json.loads(body), made, attempts) for body, made, attempts in rows]

    def next_due(self) -> float | None:
        """Return when the next event is due, in Unix seconds."""
        (due,) = self._db.execute("select min(due) from event").fetchone()
        return None if due is None else float(due)

    def put_off(self, waiting: Waiting, until: float) -> None:
        """Count an attempt, and try again then."""
        with self._db:
            values = (waiting.attempts + 1, until, waiting.id)
            self._db.execute("update event set attempts=?, due=? where id=?", values)

    def remove(self, waiting: Waiting) -> None:
        """Forget an event: it was delivered, or given up."""
        with self._db:
            self._db.execute("delete from event where id=?", (waiting.id,))

    def close(self) -> None:
        self._db.close()
