"""The messages of a queue, in memory and in the store: by number, by lock, and in order.

A message waits for at most one timed event, so it has one alarm.
"""

import heapq
import uuid
from collections.abc import Callable, Sequence
from itertools import islice

from local.service_bus.clock import SetAlarm, now
from local.service_bus.errors import BrokerError
from local.service_bus.message import Lock, Message, State
from local.service_bus.store import Store


class Stock:
    def __init__(self, queue: str, store: Store, set_alarm: SetAlarm) -> None:
        self._queue = queue
        self._store = store
        self._set_alarm = set_alarm
        self._last_number = store.last_number(queue)
        self._messages: dict[int, Message] = {}
        self._locked: dict[uuid.UUID, Message] = {}
        # Heap of active messages; removed ones are skipped when popped.
        self._ready: list[int] = []

    def next_number(self) -> int:
        self._last_number += 1
        self._store.keep_number(self._queue, self._last_number)
        return self._last_number

    def load(self) -> list[Message]:
        """Load the stored messages when the broker starts."""
        self._messages = {message.number: message for message in self._store.messages(self._queue)}
        return list(self._messages.values())

    def add(self, message: Message) -> None:
        self._messages[message.number] = message
        self._store.insert(self._queue, message)

    def save(self, message: Message) -> None:
        self._store.update(self._queue, message)

    def remove(self, message: Message) -> None:
        self.unlock(message)
        del self._messages[message.number]
        self._store.remove(self._queue, message.number)

    def enqueue(self, message: Message) -> None:
        heapq.heappush(self._ready, message.number)

    def next_ready(self) -> Message | None:
        """Pop the first active message, or None."""
        while self._ready:
            message = self._messages.get(heapq.heappop(self._ready))
            if message and not message.lock and message.state is State.ACTIVE:
                return message
        return None

    def set_alarm(self, message: Message, due: int, call: Callable[[Message], None]) -> None:
        """Call with the message at a time, unless the alarm is replaced or the message removed."""
        _stop_alarm(message)
        message.alarm = self._set_alarm(due, lambda: call(message))

    def lock(self, message: Message, lock: Lock, at_end: Callable[[Message], None]) -> None:
        message.lock = lock
        self._locked[lock.token] = message
        self.set_alarm(message, lock.until, at_end)

    def unlock(self, message: Message) -> None:
        if message.lock:
            del self._locked[message.lock.token]
            message.lock = None
        _stop_alarm(message)

    def held(self, token: uuid.UUID) -> Message:
        """Return the message that this token locks. Raises BrokerError if there is none."""
        message = self._locked.get(token)
        if message is None or message.lock is None or message.lock.until <= now():
            raise BrokerError.lock_lost()
        return message

    def starting_at(self, number: int, most: int) -> list[Message]:
        """Return up to `most` messages from this number on, in any state."""
        numbers = sorted(each for each in self._messages if each >= number)
        return [self._messages[each] for each in islice(numbers, most)]

    def in_state(self, state: State, numbers: Sequence[int]) -> list[Message]:
        """Return these messages. Raises BrokerError if one is missing or in another state."""
        found = []
        for number in dict.fromkeys(numbers):
            message = self._messages.get(number)
            if message is None or message.state is not state or message.lock:
                raise BrokerError.message_not_found(number)
            found.append(message)
        return found


def _stop_alarm(message: Message) -> None:
    if message.alarm:
        message.alarm.stop()
        message.alarm = None
