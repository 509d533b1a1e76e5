"""The backend's state in SQLite; each change is one transaction."""

import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from durabletask.internal import orchestrator_service_pb2 as pb


class TaskKey(NamedTuple):
    """One scheduled activity: ids of instance, execution and task."""

    instance: str
    execution: str
    task: int


class Store:
    """The tables of `schema.sql`, and the follow-up work of the open transaction.

    Uses a write-ahead log without fsync per commit: commits survive a kill of the process; only a
    crash of the machine may lose the last ones, never out of order.
    """

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self.db = sqlite3.connect(path, autocommit=True)
        self.db.execute("pragma journal_mode=wal")
        self.db.execute("pragma synchronous=normal")
        self.db.executescript(Path(__file__).with_name("schema.sql").read_text("utf-8"))
        self.woken: set[str] = set()
        self.scheduled: list[TaskKey] = []
        self.timed: list[float] = []

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Run a transaction; `woken`, `scheduled` and `timed` then list the follow-up work."""
        self._clear()
        self.db.execute("begin immediate")
        try:
            yield
        except BaseException:
            self.db.execute("rollback")
            self._clear()
            raise
        self.db.execute("commit")

    def state(self, instance: str) -> pb.OrchestrationState | None:
        """Return an instance's state, or None."""
        row = self.db.execute("select state from instance where id=?", (instance,)).fetchone()
        return pb.OrchestrationState.FromString(row[0]) if row else None

    def save(self, state: pb.OrchestrationState) -> None:
        """Store an instance's new state."""
        completed = state.HasField("completedTimestamp")
        self.db.execute(
            "update instance set status=?, completed=?, state=? where id=?",
            (
                state.orchestrationStatus,
                state.completedTimestamp.ToMicroseconds() / 1e6 if completed else None,
                state.SerializeToString(),
                state.instanceId,
            ),
        )
        self.woken.add(state.instanceId)

    def post(
        self,
        instance: str,
        event: pb.HistoryEvent,
        *,
        execution: str | None = None,
        due: float | None = None,
    ) -> None:
        """Put an event in an instance's inbox, readable from `due` (Unix seconds; now if None)."""
        self.db.execute(
            "insert into inbox (id, execution, due, event) values (?,?,?,?)",
            (
                instance,
                execution,
                time.time() if due is None else due,
                event.SerializeToString(),
            ),
        )
        self.woken.add(instance)
        if due is not None:
            self.timed.append(due)

    def forget(self, instance: str) -> None:
        """Delete an instance's execution: history, inbox and tasks."""
        for table in ("history", "inbox", "task"):
            self.db.execute(f"delete from {table} where id=?", (instance,))  # noqa: S608

    def purge(self, instance: str) -> None:
        """Delete an instance with its execution."""
        self.forget(instance)
        self.db.execute("delete from instance where id=?", (instance,))
        self.woken.add(instance)

    def history(self, instance: str) -> list[pb.HistoryEvent]:
        """Return the history events of an instance's execution."""
        rows = self.db.execute("select events from history where id=? order by seq", (instance,))
        return list(pb.OrchestratorRequest.FromString(b"".join(r[0] for r in rows)).pastEvents)

    def due(self, now: float) -> list[str]:
        """Return the instances with due events."""
        rows = self.db.execute("select distinct id from inbox where due<=?", (now,))
        return [row[0] for row in rows]

    def dues(self) -> list[float]:
        """Return the due times of all events in Unix seconds, including past ones."""
        return [float(row[0]) for row in self.db.execute("select distinct due from inbox")]

    def _clear(self) -> None:
        self.woken.clear()
        self.scheduled.clear()
        self.timed.clear()
