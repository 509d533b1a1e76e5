"""A queue: the life of a message from its arrival to its end.

    scheduled ─▶ active ─▶ locked ─▶ gone, dead-lettered, deferred, or active again

Everything runs on one event loop, and nothing here blocks.
"""

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Final

from local.service_bus.amqp.sections import Sections
from local.service_bus.arrival import arrive, message_id
from local.service_bus.clock import SetAlarm, now
from local.service_bus.consumers import Consumer, Consumers
from local.service_bus.errors import BrokerError
from local.service_bus.history import History
from local.service_bus.message import Lock, Message, State
from local.service_bus.rules import Rules
from local.service_bus.stock import Stock
from local.service_bus.store import Store

DEAD_LETTERS: Final = "/$DeadLetterQueue"
LONGEST_REASON: Final = 4096


class Queue:
    """`source` is the name of the main queue, for a dead-letter queue."""

    def __init__(
        self, name: str, rules: Rules, store: Store, set_alarm: SetAlarm, source: str | None = None
    ) -> None:
        self.name = name
        self.dead_letters = (
            Queue(name + DEAD_LETTERS, Rules(lock=rules.lock), store, set_alarm, name)
            if source is None
            else None
        )
        self._source = source
        self._rules = rules
        self._history = History(name, rules.duplicate_window, store)
        self._stock = Stock(name, store, set_alarm)
        self._consumers = Consumers()
        for message in self._stock.load():
            self._restore(message)

    def _restore(self, message: Message) -> None:
        """Restore a message after a restart, including its lock, as in Azure."""
        if message.lock:
            self._stock.lock(message, message.lock, self._end_lock)
        else:
            self._wait(message)

    # Arriving

    def accept(self, arrivals: Iterable[Sections]) -> list[int]:
        """Accept messages, and return their sequence numbers (0 for a duplicate)."""
        if self._source is not None:
            raise BrokerError.not_allowed("Messages cannot be sent to a dead-letter queue.")
        numbers = [self._accept(sections, now()) for sections in arrivals]
        self.pump()
        return numbers

    def _accept(self, sections: Sections, at: int) -> int:
        if not self._history.admits(message_id(sections), at):
            return 0
        message = arrive(sections, self._stock.next_number(), at, self._rules)
        self._stock.add(message)
        self._wait(message)
        return message.number

    def _activate(self, message: Message) -> None:
        """Activate a scheduled message under a new sequence number, as in Azure."""
        self._stock.remove(message)
        late = now() - message.enqueued  # large if the broker was down at that time
        message.enqueued += late
        message.expires = None if message.expires is None else message.expires + late
        message.number, message.state = self._stock.next_number(), State.ACTIVE
        self._stock.add(message)
        self._wait(message)
        self.pump()

    # Waiting

    def _wait(self, message: Message) -> None:
        """Queue a message without a lock, or set its alarm, by its state."""
        if message.state is State.SCHEDULED and message.due is not None:
            self._stock.set_alarm(message, message.due, self._activate)
        elif message.state is State.ACTIVE:
            self._stock.enqueue(message)
            if message.expires is not None:
                self._stock.set_alarm(message, message.expires, self._expire)

    def _expire(self, message: Message) -> None:
        if self._rules.dead_letters_expired:
            self._bury(message, "TTLExpiredException", "The message expired and was dead lettered.")
        else:
            self._stock.remove(message)

    # Delivering

    def attach(self, consumer: Consumer) -> None:
        self._consumers.add(consumer)

    def detach(self, consumer: Consumer) -> None:
        """Remove a receiver; its locks stay until they expire, as in Azure."""
        self._consumers.remove(consumer)

    def pump(self) -> None:
        """Deliver waiting messages; call it whenever a consumer gets room."""
        while consumer := self._consumers.next():
            message = self._next_ready()
            if message is None:
                return
            self._deliver(message, consumer)

    def _next_ready(self) -> Message | None:
        while message := self._stock.next_ready():
            if message.expires is None or message.expires > now():
                return message
            self._expire(message)
        return None

    def _deliver(self, message: Message, consumer: Consumer) -> None:
        token = uuid.uuid4()
        if consumer.settles:
            self._lock(message, token)
        consumer.deliver(self._content(message), token)
        if not consumer.settles:
            self._stock.remove(message)

    def _content(self, message: Message, *, peeked: bool = False) -> bytes:
        return message.delivered(dead_letter_source=self._source, peeked=peeked)

    # Locking

    def _lock(self, message: Message, token: uuid.UUID) -> int:
        until = now() + self._rules.lock
        self._stock.lock(message, Lock(token, until), self._end_lock)
        self._stock.save(message)
        return until

    def _end_lock(self, message: Message) -> None:
        self._give_back(message, failed=True)

    def check(self, token: uuid.UUID) -> None:
        """Raise BrokerError unless this token locks a message."""
        self._stock.held(token)

    def renew(self, token: uuid.UUID) -> int:
        """Renew a lock, and return its new end."""
        return self._lock(self._stock.held(token), token)

    # Settling

    def complete(self, token: uuid.UUID) -> None:
        self._stock.remove(self._stock.held(token))

    def abandon(self, token: uuid.UUID) -> None:
        """Give a message back; it counts as a failed delivery."""
        self._give_back(self._stock.held(token), failed=True)

    def release(self, token: uuid.UUID) -> None:
        """Give a message back as if it had not been delivered."""
        self._give_back(self._stock.held(token), failed=False)

    def defer(self, token: uuid.UUID) -> None:
        """Defer a message: it can then be received only by sequence number."""
        message = self._stock.held(token)
        self._stock.unlock(message)
        message.state = State.DEFERRED
        message.deliveries += 1
        self._stock.save(message)

    def dead_letter(self, token: uuid.UUID, reason: str | None, description: str | None) -> None:
        self._bury(self._stock.held(token), reason, description)

    def _give_back(self, message: Message, *, failed: bool) -> None:
        self._stock.unlock(message)
        message.deliveries += failed
        most = self._rules.max_deliveries
        if most and message.deliveries >= most and message.state is State.ACTIVE:
            tried = f"Message could not be consumed after {most} delivery attempts."
            self._bury(message, "MaxDeliveryCountExceeded", tried)
            return
        self._stock.save(message)
        self._wait(message)
        self.pump()

    def _bury(self, message: Message, reason: str | None, description: str | None) -> None:
        if self.dead_letters is None:
            raise BrokerError.not_allowed("A dead letter cannot be dead-lettered again.")
        self._stock.remove(message)
        why = {"DeadLetterReason": reason, "DeadLetterErrorDescription": description}
        properties = {name: text[:LONGEST_REASON] for name, text in why.items() if text is not None}
        sections = message.sections.with_application_properties(properties)
        # A dead letter does not expire.
        letter = replace(message, sections=sections, state=State.ACTIVE, expires=None)
        self.dead_letters.take_dead_letter(letter)

    def take_dead_letter(self, letter: Message) -> None:
        """Accept a dead letter under its original sequence number."""
        self._stock.add(letter)
        self._wait(letter)
        self.pump()

    # By sequence number

    def peek(self, start: int, most: int) -> list[bytes]:
        """Return up to `most` messages from this sequence number on, in any state."""
        return [self._content(m, peeked=True) for m in self._stock.starting_at(start, most)]

    def cancel(self, numbers: Sequence[int]) -> None:
        """Cancel scheduled messages: all of them or, if one is missing, none."""
        for message in self._stock.in_state(State.SCHEDULED, numbers):
            self._stock.remove(message)

    def receive_deferred(
        self, numbers: Sequence[int], *, settles: bool
    ) -> list[tuple[uuid.UUID, bytes]]:
        """Return tokens and contents of deferred messages, after locking or removing them."""
        received = []
        for message in self._stock.in_state(State.DEFERRED, numbers):
            token = uuid.uuid4()
            if settles:
                self._lock(message, token)
            received.append((token, self._content(message)))
            if not settles:
                self._stock.remove(message)
        return received
