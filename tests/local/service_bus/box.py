"""A test's view of one queue: send, receive, peek, and check that it is empty."""

import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from azure.servicebus import ServiceBusMessage, ServiceBusMessageState, ServiceBusReceivedMessage

from tests.local.service_bus.clients import Bus

type Received = ServiceBusReceivedMessage


def soon(seconds: float) -> datetime:
    return datetime.now(UTC) + timedelta(seconds=seconds)


def texts(messages: list[Received]) -> list[str]:
    return [str(message) for message in messages]


@dataclass
class Box:
    bus: Bus
    queue: str

    @property
    def receiver(self) -> Any:
        return self.bus.receiver(self.queue)

    @property
    def dead_letters(self) -> "DeadLetters":
        return DeadLetters(self.bus, self.queue)

    def send(self, *messages: ServiceBusMessage) -> None:
        for message in messages:
            self.bus.do(self.bus.sender(self.queue).send_messages(message))

    def send_batch(self, messages: list[ServiceBusMessage]) -> None:
        self.bus.do(self.bus.sender(self.queue).send_messages(messages))

    def schedule(self, message: ServiceBusMessage, at: datetime) -> int:
        sender = self.bus.sender(self.queue)
        return int(self.bus.do(sender.schedule_messages(message, at))[0])

    def cancel(self, number: int) -> None:
        self.bus.do(self.bus.sender(self.queue).cancel_scheduled_messages(number))

    def receive(self, count: int = 1, within: float = 180) -> list[Received]:
        """Receive up to this many messages within the time."""
        found: list[Received] = []
        end = time.monotonic() + within
        while len(found) < count and (left := end - time.monotonic()) > 0:
            wanted = count - len(found)
            found += self.bus.do(self.receiver.receive_messages(wanted, max_wait_time=left))
        return found

    def nothing_comes(self, within: float = 0.3) -> bool:
        return self.receive(1, within) == []

    def complete(self, *messages: Received) -> None:
        for message in messages:
            self.bus.do(self.receiver.complete_message(message))

    def abandon(self, message: Received) -> None:
        self.bus.do(self.receiver.abandon_message(message))

    def defer(self, message: Received) -> None:
        self.bus.do(self.receiver.defer_message(message))

    def receive_deferred(self, number: int) -> list[Received]:
        found: list[Received] = self.bus.do(self.receiver.receive_deferred_messages(number))
        return found

    def dead_letter(self, message: Received, reason: str, description: str) -> None:
        self.bus.do(
            self.receiver.dead_letter_message(message, reason=reason, error_description=description)
        )

    def renew(self, message: Received) -> datetime:
        until: datetime = self.bus.do(self.receiver.renew_message_lock(message))
        return until

    def peek(self, count: int = 100, start: int = 1) -> list[Received]:
        peeked = self.receiver.peek_messages(count, sequence_number=start)
        found: list[Received] = self.bus.do(peeked)
        return found

    def drain(self) -> None:
        """Remove all unlocked messages before the next test."""
        left = self.peek()
        for each in left:
            if each.state is ServiceBusMessageState.SCHEDULED:
                self.cancel(each.sequence_number or 0)
        active = [each for each in left if each.state is ServiceBusMessageState.ACTIVE]
        if active:
            self.complete(*self.receive(len(active), 1.5))


class DeadLetters(Box):
    @property
    def receiver(self) -> Any:
        return self.bus.receiver(self.queue, sub_queue="deadletter")
