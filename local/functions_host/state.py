"""The host's own state in SQLite: blob receipts, blobs to come, and timer schedules."""

import sqlite3
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class BlobMessage:
    """A blob of which an event came; `due` in Unix seconds, `tries` that failed so far."""

    id: int
    container: str
    blob: str
    tries: int
    due: float


@dataclass(frozen=True)
class TimerStatus:
    """When a timer last ran and will next run, in Unix seconds."""

    schedule: str
    last: float | None
    next: float
    updated: float


class HostState:
    """Each call is one commit, which survives a kill of the process."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._db = sqlite3.connect(folder / "host.db", autocommit=True)
        self._db.execute("pragma journal_mode=wal")
        self._db.execute("pragma synchronous=normal")
        self._db.executescript(Path(__file__).with_name("state.sql").read_text("utf-8"))

    def receipts(self, function: str) -> dict[str, str]:
        """Return the ETag, by `container/name`, of all blobs that a function has finished."""
        rows = self._db.execute("select blob, etag from receipt where function=?", (function,))
        return dict(rows.fetchall())

    def write_receipt(self, function: str, blob: str, etag: str) -> None:
        """Record that a function has finished this version of a blob."""
        self._db.execute("replace into receipt values (?,?,?)", (function, blob, etag))

    def failed_tries(self, function: str, blob: str, etag: str) -> int:
        """Return how often a function has failed on this version of a blob."""
        row = self._db.execute(
            "select tries from failed_try where function=? and blob=? and etag=?",
            (function, blob, etag),
        ).fetchone()
        return int(row[0]) if row else 0

    def write_failed_tries(self, function: str, blob: str, etag: str, tries: int) -> None:
        """Store the number of failures."""
        self._db.execute("replace into failed_try values (?,?,?,?)", (function, blob, etag, tries))

    def add_blob_message(self, function: str, container: str, blob: str, due: float) -> None:
        """Keep a blob of which an event came, for a function."""
        self._db.execute(
            "insert into blob_message (function, container, blob, tries, due) values (?,?,?,0,?)",
            (function, container, blob, due),
        )

    def blob_messages(self, function: str, most: int) -> list[BlobMessage]:
        """Return what a function has still to do, longest due first, and no more than `most`."""
        rows = self._db.execute(
            "select id, container, blob, tries, due from blob_message where function=?"
            " order by due, id limit ?",
            (function, most),
        )
        return [BlobMessage(*row) for row in rows]

    def put_off_blob_message(self, message: BlobMessage, due: float) -> None:
        """Count a try that failed."""
        self._db.execute(
            "update blob_message set tries=?, due=? where id=?",
            (message.tries + 1, due, message.id),
        )

    def remove_blob_message(self, message: BlobMessage) -> None:
        self._db.execute("delete from blob_message where id=?", (message.id,))

    def timer(self, function: str) -> TimerStatus | None:
        """Return a timer's status, or None."""
        row = self._db.execute(
            "select schedule, last, next, updated from timer where function=?", (function,)
        ).fetchone()
        return TimerStatus(*row) if row else None

    def write_timer(self, function: str, status: TimerStatus) -> None:
        """Store a timer's status."""
        values = (function, status.schedule, status.last, status.next, status.updated)
        self._db.execute("replace into timer values (?,?,?,?,?)", values)

    def close(self) -> None:
        self._db.close()
