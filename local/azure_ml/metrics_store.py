"""Measurements in SQLite: requests, processes, and custom metrics of flows."""

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
class RequestRecord:
    """One request to an endpoint.

    Attributes:
        at: when it was answered, seconds since 1970.
        endpoint: in lower case.
        deployment: the one that answered; empty if none did.
        status: the HTTP status that the caller saw.
        model_status: the deployment's own status; empty if it was not called.
        seconds: how long it took.
        bytes: of request and answer.
        connection: the caller's port, which identifies the connection; 0 for a mirrored copy.
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
class ProcessSample:
    """One sample of a deployment's processes, in per cent of its machine size."""

    at: float
    deployment: str
    cpu: float
    memory: float
    disk: float
    instances: int


@dataclass(frozen=True)
class CustomMetric:
    """One value (or several, aggregated) that a flow recorded; dimensions as a JSON object."""

    at: float
    name: str
    dimensions: str
    count: float
    total: float
    least: float
    most: float


class MetricsStore:
    """For one thread. Writes are not synced: losing some in a crash is acceptable."""

    def __init__(self, file: Path) -> None:
        self._db = sqlite3.connect(file, isolation_level=None)
        self._db.execute("PRAGMA journal_mode=WAL")
        self._db.execute("PRAGMA synchronous=OFF")
        self._db.executescript(_TABLES)

    def forget(self, before: float) -> None:
        """Remove measurements before a time, in seconds since 1970."""
        for table in ("answered", "sampled", "recorded"):
            self._db.execute(f"DELETE FROM {table} WHERE at < ?", (before,))  # noqa: S608

    def add_request(self, one: RequestRecord) -> None:
        self._db.execute("INSERT INTO answered VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", astuple(one))

    def add_sample(self, one: ProcessSample) -> None:
        self._db.execute("INSERT INTO sampled VALUES (?, ?, ?, ?, ?, ?)", astuple(one))

    def add_custom_metrics(self, many: Iterable[CustomMetric]) -> None:
        rows = [astuple(one) for one in many]
        self._db.executemany("INSERT INTO recorded VALUES (?, ?, ?, ?, ?, ?, ?)", rows)

    def requests(self, endpoint: str, since: float, until: float) -> list[RequestRecord]:
        """An endpoint's requests, oldest first."""
        found = self._db.execute(
            "SELECT * FROM answered WHERE endpoint = ? AND at >= ? AND at < ? ORDER BY at",
            (endpoint.lower(), since, until),
        )
        return [RequestRecord(*row) for row in found]

    def samples(self, deployment: str, since: float, until: float) -> list[ProcessSample]:
        """A deployment's samples (by ARM id), oldest first."""
        found = self._db.execute(
            "SELECT * FROM sampled WHERE deployment = ? AND at >= ? AND at < ? ORDER BY at",
            (deployment.lower(), since, until),
        )
        return [ProcessSample(*row) for row in found]

    def custom_metrics(self, since: float, until: float) -> list[CustomMetric]:
        """The custom metrics of all flows, oldest first."""
        found = self._db.execute(
            "SELECT * FROM recorded WHERE at >= ? AND at < ? ORDER BY at", (since, until)
        )
        return [CustomMetric(*row) for row in found]

    def close(self) -> None:
        self._db.close()
