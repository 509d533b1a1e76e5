"""A message that waits: what goes along with its copies, and for how long it waits. Pure."""

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
# An outage ends; what fails in another way after so long will not be better later.
_AWAY, _WRONG = timedelta(days=1), timedelta(hours=1)
_OLDEST = timedelta(days=14)
"""For so long at most a queue keeps a message, by its default."""


@dataclass(frozen=True)
class Incoming:
    """A message as it came.

    Attributes:
        queue: the queue that it came from.
        body: its bytes.
        id: the id that its sender gave it, also where this is a later copy of it.
        correlation: its sender's correlation id; empty where there is none.
        enqueued: when this copy was put on the queue, by the queue's clock.
        first: when the message itself was.
        tries: how often it was tried before.
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
    """Read a message. What cannot be a copy of ours is the first of its kind."""
    tries = str(properties.get(_TRIES) or "")
    if not tries.isdecimal() or len(tries) > 6:
        return Incoming(queue, body, id, correlation, enqueued, enqueued)
    named = str(properties.get(_ID) or id)
    first = _first(str(properties.get(_FIRST) or ""), enqueued)
    return Incoming(queue, body, named, correlation, enqueued, first, int(tries))


def _first(said: str, enqueued: datetime | None) -> datetime | None:
    """When the first copy was put on its queue.

    Requests are ordered by it, and any sender can set a property: a time that is later than this
    copy's own, or earlier than a message may be, is not believed.
    """
    try:
        first = moment(said)
    except ValueError:
        return enqueued
    if first is None or enqueued is None:
        return enqueued
    return first if timedelta() <= enqueued - first <= _OLDEST else enqueued


def copy_of(message: Incoming) -> tuple[str, dict[str, str]]:
    """Message id and properties of the next copy.

    Its id is another than that of the one before, which a queue that detects duplicates has seen;
    and the same each time it is made.
    """
    tries = message.tries + 1
    name = hashlib.sha256(f"{message.queue}\n{message.id}\n{tries}".encode()).hexdigest()
    first = {_FIRST: stamp(message.first)} if message.first is not None else {}
    return name, {_ID: message.id, _TRIES: str(tries), **first}


def due(message: Incoming, failure: Exception, now: datetime) -> datetime:
    """When to try again: later each time, and never before a service that asked for time.

    Counted from the queue's own clock where the app's is behind it.
    """
    pause = min(_SHORTEST * 2.0 ** min(message.tries, 20), _LONGEST)
    if isinstance(failure, Unavailable):
        pause = max(pause, min(failure.retry_after or 0.0, 3600.0))
    since = max(now, message.enqueued) if message.enqueued is not None else now
    return since + timedelta(seconds=pause)


def waited_enough(message: Incoming, failure: Exception) -> bool:
    """Whether to give up, by the queue's clock."""
    if message.first is None or message.enqueued is None:
        return message.tries > 50
    most = _AWAY if isinstance(failure, Unavailable) else _WRONG
    return message.enqueued - message.first > most
