"""Everything the emulator remembers: one table of records in SQLite."""

import json
import sqlite3
from pathlib import Path

from local.azure_ml.exchange import Json

_ASSIGNMENT = "kind = 'assignment'"
_PRINCIPAL = "body ->> '$.resource.properties.principalId'"


class Store:
    """Records by id (case does not count, as in ARM) and kind. Each write is durable at once.

    For one thread: two that share a connection's statements get each other's rows.
    """

    def __init__(self, file: Path) -> None:
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
        self._db.execute(
            "INSERT OR REPLACE INTO records VALUES (?, ?, ?)",
            (record_id.lower(), kind, json.dumps(record)),
        )

    def delete(self, kind: str, record_id: str) -> None:
        self._db.execute("DELETE FROM records WHERE id = ? AND kind = ?", (record_id.lower(), kind))

    def all(self, kind: str, under: str = "") -> list[Json]:
        """The records of a kind, by id; only those whose id is below `under/` if given."""
        prefix = f"{under.lower()}/" if under else ""
        rows = self._db.execute(
            "SELECT body FROM records WHERE kind = ? AND substr(id, 1, ?) = ? ORDER BY id",
            (kind, len(prefix), prefix),
        )
        return [json.loads(row[0]) for row in rows]

    def assignments_of(self, principal: str) -> list[Json]:
        """The role assignments of an identity: asked for at every call, so by an index."""
        rows = self._db.execute(
            f"SELECT body FROM records WHERE {_ASSIGNMENT} AND {_PRINCIPAL} = ?",  # noqa: S608
            (principal,),
        )
        return [json.loads(row[0]) for row in rows]

    def close(self) -> None:
        self._db.close()
