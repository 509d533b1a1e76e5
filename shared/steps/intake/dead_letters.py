"""Dead letters: list them, and replay or discard each once.

The decision is kept before anything is done, a letter is sent before it is removed, and what is
sent has an id of its own: a call that dies half-way is repeated, and makes the same one job.
"""

from dataclasses import dataclass
from typing import Any, Literal

from shared.domain.access.caller import Caller
from shared.domain.requests.request import stamp
from shared.domain.requests.waiting_message import Queue, copy_of
from shared.ports import Ports
from shared.steps.intake.accept import Accepted
from shared.steps.intake.doors import accept_drop

Settling = Literal["replay", "discard"]
LetterQueue = Literal["requests", "changes", "blobs"]
Shown = dict[str, Any]


class NoSuchLetter(Exception):  # noqa: N818 - named as the caller reads it
    """There is no such dead letter, and never was one that Sluice settled."""


class SettledOtherwise(Exception):  # noqa: N818 - named as the caller reads it
    """The dead letter was replayed and cannot be discarded, or the other way round."""


@dataclass(frozen=True)
class Settled:
    """What was done with a dead letter. `accepted`: the job of a blob that was replayed."""

    record: Shown
    accepted: Accepted | None = None


def list_dead_letters(ports: Ports) -> list[Shown]:
    """The oldest dead letters of each queue; they stay where they are."""
    blobs = ports.poison.blobs() if ports.poison is not None else ()
    return [
        *ports.bus.dead_letters(),
        *(
            {
                "queue": "blobs",
                "id": it.id,
                "message_id": None,
                "correlation_id": None,
                "enqueued": it.since,
                "deliveries": None,
                "reason": "PoisonBlob",
                "description": "The blob trigger failed for this blob each time that it was tried",
                "body": it.path,
            }
            for it in blobs
        ),
    ]


def settle_dead_letter(
    ports: Ports, queue: LetterQueue, letter: str, act: Settling, caller: Caller
) -> Settled:
    """Replay or discard a dead letter; the same again gives the same answer.

    Raises NoSuchLetter, SettledOtherwise.
    """
    there = _is_there(ports, queue, letter)
    record = ports.ledger.settled_letter(queue, letter)
    if record is None:
        if not there:
            raise NoSuchLetter(f"There is no dead letter '{letter}' in queue '{queue}'")
        wanted = {"queue": queue, "id": letter, "act": act, "by": caller.name}
        record = ports.ledger.settle_letter(queue, letter, wanted | {"at": stamp(ports.now())})
    if record["act"] != act:
        raise SettledOtherwise(f"Dead letter '{letter}' was settled before: {record['act']}")
    if not there:
        return Settled(record)
    accepted = _replay(ports, queue, letter) if act == "replay" else None
    _remove(ports, queue, letter)
    return Settled(record, accepted)


def _is_there(ports: Ports, queue: LetterQueue, letter: str) -> bool:
    if queue == "blobs":
        return _poison_path(ports, letter) is not None
    return ports.bus.dead_letter(queue, letter) is not None


def _replay(ports: Ports, queue: LetterQueue, letter: str) -> Accepted | None:
    if queue == "blobs":
        path = _poison_path(ports, letter)
        return accept_drop(ports, path) if path is not None else None
    _send_again(ports, queue, letter)
    return None


def _send_again(ports: Ports, queue: Queue, letter: str) -> None:
    """Put a copy on the queue. It is the same request: it keeps its id and its place in order."""
    message = ports.bus.dead_letter(queue, letter)
    if message is not None:
        name, properties = copy_of(message)
        ports.bus.requeue(message, message_id=name, properties=properties, at=ports.now())


def _remove(ports: Ports, queue: LetterQueue, letter: str) -> None:
    if queue != "blobs":
        ports.bus.remove_dead_letter(queue, letter)
    elif ports.poison is not None:
        ports.poison.remove(letter)


def _poison_path(ports: Ports, letter: str) -> str | None:
    blobs = ports.poison.blobs() if ports.poison is not None else ()
    return next((it.path for it in blobs if it.id == letter), None)
