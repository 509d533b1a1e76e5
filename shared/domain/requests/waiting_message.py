"""Retry messages later: the properties of the copies, and the waiting times. Pure."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from shared.domain.failure import Unavailable
from shared.domain.requests.request import moment, stamp

type Queue = Literal["requests", "changes"]

_ID, _FIRST, _TRIES = "sluice-id", "sluice-first", "sluice-tries"
_SHORTEST, _LONGEST = 5.0, 300.0
# An outage ends; any other failure that lasts this long will not go away.
_AWAY, _WRONG = timedelta(days=1), timedelta(hours=1)
_OLDEST = timedelta(days=14)
"""A queue's default time to live of a message."""


@dataclass(frozen=True)
class Incoming:
    """A message as received.

    Attributes:
        queue: its queue.
        body: its bytes.
        id: the sender's id, also in later copies.
        correlation: the sender's correlation id, or empty.
        enqueued: when this copy was enqueued, by the queue's clock.
        first: when the original message was enqueued.
        tries: how often it was tried before this copy.
    """

    queue: Queue
    body: bytes
    id: str
    correlation: str = ""
    enqueued: datetime | None = None
    first: datetime | None = None
    tries: int = 0


def incoming(
    queue: Queue,
    body: bytes,
    *,
    id: str,  # noqa: A002 - the queue's own word
    correlation: str,
    enqueued: datetime | None,
    properties: Mapping[str, Any],
) -> Incoming:
    """Read a message. Without valid properties of a copy, it is an original."""
    tries = str(properties.get(_TRIES) or "")
    if not tries.isdecimal() or len(tries) > 6:
        return Incoming(queue, body, id, correlation, enqueued, enqueued)
    named = str(properties.get(_ID) or id)
    first = _read_first(str(properties.get(_FIRST) or ""), enqueued)
    return Incoming(queue, body, named, correlation, enqueued, first, int(tries))


def _read_first(text: str, enqueued: datetime | None) -> datetime | None:
    """Return when the original message was enqueued.

    Requests are ordered by this time, and any sender can set the property. So a time later than
    this copy's own, or older than a queue keeps messages, is ignored.
    """
    try:
        first = moment(text)
    except ValueError:
        return enqueued
    if first is None or enqueued is None:
        return enqueued
    return first if timedelta() <= enqueued - first <= _OLDEST else enqueued


def copy_of(message: Incoming) -> tuple[str, dict[str, str]]:
    """Return message id and properties of the next copy.

    The id differs from that of the copy before, which duplicate detection has seen, and is the
    same each time this copy is made.
    """
    tries = message.tries + 1
    name = hashlib.sha256(f"{message.queue}\n{message.id}\n{tries}".encode()).hexdigest()
    first = {_FIRST: stamp(message.first)} if message.first is not None else {}
    return name, {_ID: message.id, _TRIES: str(tries), **first}


def due(message: Incoming, failure: Exception, now: datetime) -> datetime:
    """Return when to try again: with exponential backoff, and not before a service's Retry-After.

    Counted from the queue's clock if the app's is behind it.
    """
    pause = min(_SHORTEST * 2.0 ** min(message.tries, 20), _LONGEST)
    if isinstance(failure, Unavailable):
        pause = max(pause, min(failure.retry_after or 0.0, 3600.0))
    since = max(now, message.enqueued) if message.enqueued is not None else now
    return since + timedelta(seconds=pause)


def waited_enough(message: Incoming, failure: Exception) -> bool:
    """Return whether to give up, by the queue's clock."""
    if message.first is None or message.enqueued is None:
        return message.tries > 50
    most = _AWAY if isinstance(failure, Unavailable) else _WRONG
    return message.enqueued - message.first > most
