"""Dead letters: list them, and replay or discard each once.

The decision is kept before anything is done, a letter is sent before it is removed, and what is
sent has an id of its own: a call that dies half-way is repeated, and makes the same one job.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from shared.domain.access.caller import KEY_HOLDER, Caller
from shared.domain.requests.request import stamp
from shared.domain.requests.waiting_message import Incoming, copy_of
from shared.ports import Ports
from shared.ports.telling import PoisonBlob
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
    found = _find(ports, queue, letter)
    record = ports.ledger.settled_letter(queue, letter)
    if record is None:
        if found is None:
            missing = f"There is no dead letter '{letter}' in queue '{queue}'"
            raise NoSuchLetter(
                f"{missing}. To list them: sluice dead-letters (GET /api/dead-letters)"
            )
        wanted = {"queue": queue, "id": letter, "act": act, "by": caller.name}
        record = ports.ledger.settle_letter(queue, letter, wanted | {"at": stamp(ports.now())})
    if record["act"] != act:
        raise SettledOtherwise(_settled_otherwise(record))
    if found is None:
        return Settled(record)
    accepted = _replay(ports, found) if act == "replay" else None
    _remove(ports, queue, letter)
    return Settled(record, accepted)


def _settled_otherwise(record: Mapping[str, Any]) -> str:
    done, cannot = ("replayed", "discarded")
    remedy = "Whoever sent its message gets a result, or look for its job with GET /api/jobs"
    if record["act"] == "discard":
        done, cannot = cannot, done
        remedy = "Send its request anew, or drop its blob again"
    who = f"by {record['by'] or KEY_HOLDER}"
    cause = f"Dead letter '{record['id']}' was {done} already, at {record['at'][:19]}Z {who}"
    return f"{cause}, so it cannot be {cannot}. {remedy}"


def _find(ports: Ports, queue: LetterQueue, letter: str) -> Incoming | PoisonBlob | None:
    if queue != "blobs":
        return ports.bus.dead_letter(queue, letter)
    blobs = ports.poison.blobs() if ports.poison is not None else ()
    return next((it for it in blobs if it.id == letter), None)


def _replay(ports: Ports, found: Incoming | PoisonBlob) -> Accepted | None:
    """Take a blob, or put a copy of a message on its queue.

    The copy is the same request: it keeps its id and its place in the order.
    """
    if isinstance(found, PoisonBlob):
        return accept_drop(ports, found.path)
    name, properties = copy_of(found)
    ports.bus.requeue(found, message_id=name, properties=properties, at=ports.now())
    return None


def _remove(ports: Ports, queue: LetterQueue, letter: str) -> None:
    if queue != "blobs":
        ports.bus.remove_dead_letter(queue, letter)
    elif ports.poison is not None:
        ports.poison.remove(letter)
