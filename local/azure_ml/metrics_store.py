"""What was measured here: requests, processes, and what flows recorded. Kept in SQLite."""

import sqlite3
from collections.abc import Iterable
from dataclasses import astuple, dataclass
from pathlib import Path

KEPT_S = 93 * 24 * 3600.0
"""Azure Monitor keeps metrics for 93 days."""

_TABLES = """
CREATE TABLE IF NOT EXISTS answered (
    at REAL, endpoint TEXT, deployment TEXT, status INTEGER, model_status TEXT, seconds REAL,
    bytes INTEGER, connection INTEGER, fresh INTEGER);
CREATE INDEX IF NOT EXISTS answered_when ON answered (endpoint, at);
CREATE TABLE IF NOT EXISTS sampled (
    at REAL, deployment TEXT, cpu REAL, memory REAL, disk REAL, instances INTEGER);
CREATE INDEX IF NOT EXISTS sampled_when ON sampled (deployment, at);
CREATE TABLE IF NOT EXISTS recorded (
    at REAL, name TEXT, dimensions TEXT, count REAL, total REAL, least REAL, most REAL);
CREATE INDEX IF NOT EXISTS recorded_when ON recorded (at);
"""


@dataclass(frozen=True)
class Answered:
    """One request at the front of an endpoint.

    Attributes:
        at: when it was answered, seconds since 1970.
        endpoint: in lower case.
        deployment: which one answered; empty where none did.
        status: the HTTP status that the caller saw.
        model_status: the deployment's own; empty where it was not asked.
        seconds: how long it took.
        bytes: of request and answer.
        connection: which of the caller's connections it came over.
        fresh: whether it was the first on that connection.
    """

    at: float
    endpoint: str
    deployment: str
    status: int
    model_status: str
    seconds: float
    bytes: int
    connection: int
    fresh: bool


@dataclass(frozen=True)
class Sampled:
    """A look at a deployment's processes: per cent of the machine that its size stands for."""

    at: float
    deployment: str
    cpu: float
    memory: float
    disk: float
    instances: int


@dataclass(frozen=True)
class Recorded:
    """One value (or several, taken together) that a flow recorded; dimensions as a JSON object."""

    at: float
    name: str
    dimensions: str
    count: float
    total: float
    least: float
    most: float


class Measured:
    """For one thread. Nothing here is worth a wait for the disk."""

    def __init__(self, file: Path) -> None:
        self._db = sqlite3.connect(file, isolation_level=None)
        self._db.execute("PRAGMA journal_mode=WAL")
        self._db.execute("PRAGMA synchronous=OFF")
        self._db.executescript(_TABLES)

    def forget(self, before: float) -> None:
        """Remove what is older, in seconds since 1970."""
        for table in ("answered", "sampled", "recorded"):
            self._db.execute(f"DELETE FROM {table} WHERE at < ?", (before,))  # noqa: S608

    def answered(self, one: Answered) -> None:
        self._db.execute("INSERT INTO answered VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", astuple(one))

    def sampled(self, one: Sampled) -> None:
        self._db.execute("INSERT INTO sampled VALUES (?, ?, ?, ?, ?, ?)", astuple(one))

    def recorded(self, many: Iterable[Recorded]) -> None:
        rows = [astuple(one) for one in many]
        self._db.executemany("INSERT INTO recorded VALUES (?, ?, ?, ?, ?, ?, ?)", rows)

    def requests(self, endpoint: str, since: float, until: float) -> list[Answered]:
        """Those of an endpoint, oldest first."""
        found = self._db.execute(
            "SELECT * FROM answered WHERE endpoint = ? AND at >= ? AND at < ? ORDER BY at",
            (endpoint.lower(), since, until),
        )
        return [Answered(*row) for row in found]

    def samples(self, deployment: str, since: float, until: float) -> list[Sampled]:
        """Those of a deployment (an ARM id), oldest first."""
        found = self._db.execute(
            "SELECT * FROM sampled WHERE deployment = ? AND at >= ? AND at < ? ORDER BY at",
            (deployment.lower(), since, until),
        )
        return [Sampled(*row) for row in found]

    def records(self, since: float, until: float) -> list[Recorded]:
        """What all flows recorded, oldest first."""
        found = self._db.execute(
            "SELECT * FROM recorded WHERE at >= ? AND at < ? ORDER BY at", (since, until)
        )
        return [Recorded(*row) for row in found]

    def close(self) -> None:
        self._db.close()
