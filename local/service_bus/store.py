"""Persistent state by queue: messages, sequence numbers and seen message ids."""

import uuid
from collections.abc import Iterator
from typing import Any, Final

from local.service_bus.amqp.sections import Sections
from local.service_bus.journal import Journal
from local.service_bus.message import Lock, Message, State

_SCHEMA: Final = (
    """CREATE TABLE IF NOT EXISTS messages(
        queue TEXT, number INTEGER, state INTEGER, enqueued INTEGER, due INTEGER, expires INTEGER,
        message_id TEXT, deliveries INTEGER, content BLOB, token BLOB, locked_until INTEGER,
        PRIMARY KEY(queue, number))""",
    "CREATE TABLE IF NOT EXISTS numbers(queue TEXT PRIMARY KEY, last INTEGER)",
    """CREATE TABLE IF NOT EXISTS history(
        queue TEXT, message_id TEXT, at INTEGER, PRIMARY KEY(queue, message_id)) WITHOUT ROWID""",
)


class Store:
    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        for statement in _SCHEMA:
            journal.write(statement)

    def insert(self, queue: str, message: Message) -> None:
        m = message
        times = (m.enqueued, m.due, m.expires)
        self._journal.write(
            "INSERT INTO messages VALUES(?,?,?,?,?,?,?,?,?,NULL,NULL)",
            (queue, m.number, m.state, *times, m.message_id, m.deliveries, m.stored()),
        )

    def update(self, queue: str, message: Message) -> None:
        """Update the changeable fields of a message: state, deliveries and lock."""
        lock = message.lock
        held = (lock.token.bytes, lock.until) if lock else (None, None)
        self._journal.write(
            "UPDATE messages SET state=?, deliveries=?, token=?, locked_until=?"
            " WHERE queue=? AND number=?",
            (message.state, message.deliveries, *held, queue, message.number),
        )

    def remove(self, queue: str, number: int) -> None:
        self._journal.write("DELETE FROM messages WHERE queue=? AND number=?", (queue, number))

    def messages(self, queue: str) -> Iterator[Message]:
        """Return the messages of a queue by sequence number."""
        rows = self._journal.read("SELECT * FROM messages WHERE queue=? ORDER BY number", (queue,))
        return map(_message, rows)

    def keep_number(self, queue: str, last: int) -> None:
        """Store the last sequence number, so that none is used twice."""
        self._journal.write("INSERT OR REPLACE INTO numbers VALUES(?,?)", (queue, last))

    def last_number(self, queue: str) -> int:
        rows = self._journal.read("SELECT last FROM numbers WHERE queue=?", (queue,))
        return next((int(last) for (last,) in rows), 0)

    def remember(self, queue: str, message_id: str, at: int) -> None:
        self._journal.write("INSERT INTO history VALUES(?,?,?)", (queue, message_id, at))

    def forget(self, queue: str, message_id: str) -> None:
        self._journal.write(
            "DELETE FROM history WHERE queue=? AND message_id=?", (queue, message_id)
        )

    def history(self, queue: str) -> dict[str, int]:
        """Return when each message id was seen, oldest first."""
        query = "SELECT message_id, at FROM history WHERE queue=? ORDER BY at"
        return dict(self._journal.read(query, (queue,)))


def _message(row: tuple[Any, ...]) -> Message:
    _, number, state, enqueued, due, expires, message_id, deliveries, content, token, until = row
    return Message(
        number=number,
        state=State(state),
        enqueued=enqueued,
        due=due,
        expires=expires,
        message_id=message_id,
        deliveries=deliveries,
        sections=Sections.read(content),
        lock=Lock(uuid.UUID(bytes=token), until) if token else None,
    )
