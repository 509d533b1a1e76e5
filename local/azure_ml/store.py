"""The emulator's state: one table of records in SQLite."""

import json
import sqlite3
import time
from pathlib import Path

from local.azure_ml.exchange import Json

SEEN_LATE = frozenset({"endpoint", "deployment", "assignment"})
"""Kinds whose earlier versions are kept for late readers."""
REMEMBERED_S = 120.0
_ASSIGNMENT = "kind = 'assignment'"
_PRINCIPAL = "body ->> '$.resource.properties.principalId'"
_TYPE = "body ->> '$.resource.properties.instanceType'"
_COUNT = "body ->> '$.resource.sku.capacity'"
_LAST = "\U0010ffff"


class Store:
    """Records by id (case-insensitive, as in ARM) and kind. Each write is durable at once.

    For one thread: two threads on one connection would get each other's rows.
    """

    def __init__(self, file: Path) -> None:
        self._past: dict[str, list[tuple[float, str]]] = {}
        self._kinds: dict[str, str] = {}
        self._db = sqlite3.connect(file, isolation_level=None)
        self._db.execute("PRAGMA journal_mode=WAL")
        self._db.execute("PRAGMA synchronous=NORMAL")
        self._db.execute(
            "CREATE TABLE IF NOT EXISTS records"
            " (id TEXT PRIMARY KEY, kind TEXT NOT NULL, body TEXT NOT NULL) WITHOUT ROWID"
        )
        self._db.execute("CREATE INDEX IF NOT EXISTS by_kind ON records (kind, id)")
        self._db.execute(
            f"CREATE INDEX IF NOT EXISTS by_principal ON records ({_PRINCIPAL}) WHERE {_ASSIGNMENT}"
        )

    def get(self, kind: str, record_id: str) -> Json | None:
        found = self._db.execute(
            "SELECT body FROM records WHERE id = ? AND kind = ?", (record_id.lower(), kind)
        ).fetchone()
        return json.loads(found[0]) if found else None

    def put(self, kind: str, record_id: str, record: Json) -> None:
        self._remember(kind, record_id)
        self._db.execute(
            "INSERT OR REPLACE INTO records VALUES (?, ?, ?)",
            (record_id.lower(), kind, json.dumps(record)),
        )

    def delete(self, kind: str, record_id: str) -> None:
        self._remember(kind, record_id)
        self._db.execute("DELETE FROM records WHERE id = ? AND kind = ?", (record_id.lower(), kind))

    def all(self, kind: str, under: str = "") -> list[Json]:
        """The records of a kind, by id; only those whose id is below `under/` if given."""
        rows = self._db.execute(
            "SELECT body FROM records WHERE kind = ? AND id >= ? AND id < ? ORDER BY id",
            (kind, *_range(under)),
        )
        return [json.loads(row[0]) for row in rows]

    def count(self, kind: str) -> int:
        """The number of records of a kind."""
        found = self._db.execute("SELECT count(*) FROM records WHERE kind = ?", (kind,))
        return int(found.fetchone()[0])

    def instances(self) -> list[tuple[str, str, int]]:
        """Id, instance type and number of instances of each deployment."""
        wanted = f"SELECT id, {_TYPE}, {_COUNT} FROM records WHERE kind = 'deployment'"  # noqa: S608
        return self._db.execute(wanted).fetchall()

    def as_of(self, kind: str, record_id: str, when: float) -> Json | None:
        """Return a record as it was at a time, within the last `REMEMBERED_S` seconds."""
        for written, before in self._past.get(record_id.lower(), ()):
            if written > when:
                return json.loads(before) if before else None
        return self.get(kind, record_id)

    def last_written(self, record_id: str) -> float | None:
        """When a record of a `SEEN_LATE` kind was last written; None if long ago."""
        past = self._past.get(record_id.lower())
        return past[-1][0] if past else None

    def ids(self, kind: str, under: str = "") -> list[str]:
        """The ids of a kind, including deleted ones that a late reader may still see."""
        first, end = _range(under)
        rows = self._db.execute(
            "SELECT id FROM records WHERE kind = ? AND id >= ? AND id < ?", (kind, first, end)
        )
        gone = (it for it, seen in self._kinds.items() if seen == kind and first <= it < end)
        return sorted({*(row[0] for row in rows), *gone})

    def _remember(self, kind: str, record_id: str) -> None:
        if kind not in SEEN_LATE:
            return
        key, now, before = record_id.lower(), time.time(), self.get(kind, record_id)
        past = [it for it in self._past.get(key, ()) if now - it[0] < REMEMBERED_S]
        self._past[key] = [*past, (now, json.dumps(before) if before else "")]
        self._kinds[key] = kind

    def assignments_of(self, principal: str) -> list[Json]:
        """The role assignments of an identity, by an index: every call needs them."""
        rows = self._db.execute(
            f"SELECT body FROM records WHERE {_ASSIGNMENT} AND {_PRINCIPAL} = ?",  # noqa: S608
            (principal,),
        )
        return [json.loads(row[0]) for row in rows]

    def close(self) -> None:
        self._db.close()


def _range(under: str) -> tuple[str, str]:
    """The ids below `under/`, or all: the first that is possible, and the first after them."""
    return (f"{under.lower()}/", f"{under.lower()}/{_LAST}") if under else ("", _LAST)
