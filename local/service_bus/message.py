"""One message in a queue, and its form for a receiver."""

import uuid
from dataclasses import dataclass
from enum import IntEnum
from typing import Final

from local.service_bus.amqp.sections import Sections
from local.service_bus.amqp.types import Int, Long, Symbol, Timestamp
from local.service_bus.clock import Alarm

_NUMBER: Final = Symbol("x-opt-sequence-number")
_ENQUEUED: Final = Symbol("x-opt-enqueued-time")
_ENQUEUED_NUMBER: Final = Symbol("x-opt-enqueue-sequence-number")
_LOCKED_UNTIL: Final = Symbol("x-opt-locked-until")
_STATE: Final = Symbol("x-opt-message-state")
_SOURCE: Final = Symbol("x-opt-deadletter-source")
SCHEDULED_TIME: Final = Symbol("x-opt-scheduled-enqueue-time")

# Only the broker may set these; a message that is received and sent again still carries them.
BROKER_ANNOTATIONS: Final = frozenset[str](
    (_NUMBER, _ENQUEUED, _ENQUEUED_NUMBER, _LOCKED_UNTIL, _STATE, _SOURCE)
)


class State(IntEnum):
    """As in the annotation x-opt-message-state."""

    ACTIVE = 0
    DEFERRED = 1
    SCHEDULED = 2


@dataclass(frozen=True, slots=True)
class Lock:
    """One receiver's lock on a message, until a time that can be renewed."""

    token: uuid.UUID
    until: int


@dataclass(slots=True, eq=False)
class Message:
    """Times are in milliseconds since 1970; `due` is when a scheduled message becomes active."""

    number: int
    state: State
    enqueued: int
    due: int | None
    expires: int | None
    message_id: str
    deliveries: int
    sections: Sections
    lock: Lock | None = None
    # Next event by time: activation, expiry, or the end of the lock.
    alarm: Alarm | None = None

    def stored(self) -> bytes:
        """Encode for storage, without the annotations that the broker adds."""
        return self.sections.encode(0, {})

    def delivered(self, *, dead_letter_source: str | None, peeked: bool = False) -> bytes:
        """Encode for a receiver."""
        annotations: dict[Symbol, object] = {
            _NUMBER: Long(self.number),
            _ENQUEUED_NUMBER: Long(self.number),
            _ENQUEUED: Timestamp(self.enqueued),
        }
        if self.lock:
            annotations[_LOCKED_UNTIL] = Timestamp(self.lock.until)
        if peeked or self.state is not State.ACTIVE:
            annotations[_STATE] = Int(self.state)
        if dead_letter_source is not None:
            annotations[_SOURCE] = dead_letter_source
        return self.sections.encode(self.deliveries, annotations)
