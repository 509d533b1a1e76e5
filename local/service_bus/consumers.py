"""The receivers of one queue, served round-robin."""

import uuid
from collections import deque
from typing import Protocol


class Consumer(Protocol):
    """A receiver of a queue."""

    @property
    def settles(self) -> bool:
        """True for peek lock, False for receive-and-delete."""

    def has_room(self) -> bool: ...

    def deliver(self, content: bytes, token: uuid.UUID) -> None: ...


class Consumers:
    def __init__(self) -> None:
        self._all: deque[Consumer] = deque()

    def add(self, consumer: Consumer) -> None:
        self._all.append(consumer)

    def remove(self, consumer: Consumer) -> None:
        if consumer in self._all:
            self._all.remove(consumer)

    def next(self) -> Consumer | None:
        """Return the next receiver with room for a message, or None."""
        for _ in range(len(self._all)):
            consumer = self._all[0]
            self._all.rotate(-1)
            if consumer.has_room():
                return consumer
        return None
