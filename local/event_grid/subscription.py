"""One event subscription: finds what was written, and delivers it until the webhook takes it."""

import asyncio
import logging
import time
from typing import Final

from azure.core.exceptions import AzureError

from local.event_grid.account import Account
from local.event_grid.outbox import Outbox, Waiting
from local.event_grid.webhook import Webhook
from local.pauses import rest_after

logger = logging.getLogger(__name__)

# The rules of 'Event Grid message delivery and retry'.
PAUSES: Final = (10, 30, 60, 300, 600, 1_800, 3_600, 10_800, 21_600, 43_200)
MOST_ATTEMPTS: Final = 30
LONGEST_SECONDS: Final = 24 * 3_600
NEVER_AGAIN: Final = frozenset({400, 401, 403, 413})

_AT_ONCE: Final = 16


class Subscription:
    """Delivers at least once, in any order.

    Args:
        account: what is watched.
        outbox: what is not delivered yet.
        webhook: takes the events.
        interval: seconds between two looks at the container.
    """

    def __init__(self, account: Account, outbox: Outbox, webhook: Webhook, interval: float) -> None:
        self._account = account
        self._outbox = outbox
        self._webhook = webhook
        self._interval = interval
        self._seen = outbox.seen()
        self._added = asyncio.Event()
        self._places = asyncio.Semaphore(_AT_ONCE)

    async def watch(self) -> None:
        """Make an event of each new version of a blob, until cancelled."""
        while True:
            begun = time.monotonic()
            try:
                found = await asyncio.to_thread(self._account.new_events, self._seen)
            except AzureError as error:
                logger.warning("the container cannot be listed: %s", error)
                found = []
            took = time.monotonic() - begun
            for blob, etag, event in found:
                self._outbox.add(blob, etag, event, time.time())
                self._seen[blob] = etag
            if found:
                self._added.set()
            await asyncio.sleep(rest_after(took, self._interval))

    async def deliver(self) -> None:
        """Deliver what is due, until cancelled."""
        while True:
            self._added.clear()
            async with asyncio.TaskGroup() as group:
                for waiting in self._outbox.due(time.time()):
                    group.create_task(self._deliver(waiting))
            due = self._outbox.next_due()
            pause = None if due is None else max(0.0, due - time.time())
            try:
                async with asyncio.timeout(pause):
                    await self._added.wait()
            except TimeoutError:
                continue

    async def _deliver(self, waiting: Waiting) -> None:
        async with self._places:
            status = await self._webhook.deliver(waiting.event, waiting.attempts)
        if 200 <= status < 300:
            self._outbox.remove(waiting)
            return
        attempts, age = waiting.attempts + 1, time.time() - waiting.made
        if (reason := _gives_up(status, attempts, age)) is not None:
            await self._give_up(waiting, reason, attempts)
            return
        pause = PAUSES[min(attempts, len(PAUSES)) - 1]
        self._outbox.put_off(waiting, time.time() + pause)
        logger.warning(
            "the webhook answers %s to the event of %s; again in %d s",
            status or "not at all",
            waiting.event["subject"],
            pause,
        )

    async def _give_up(self, waiting: Waiting, reason: str, attempts: int) -> None:
        keep, event = self._account.keep_dead_letter, waiting.event
        try:
            await asyncio.to_thread(keep, event, reason, attempts)
        except AzureError as error:
            logger.warning("a dead letter cannot be written: %s", error)
            self._outbox.put_off(waiting, time.time() + PAUSES[0])
            return
        self._outbox.remove(waiting)
        logger.error("event of %s is given up: %s", event["subject"], reason)


def _gives_up(status: int, attempts: int, age: float) -> str | None:
    """Return why an event is not delivered again; None if it is."""
    if status in NEVER_AGAIN:
        return f"UndeliverableDueToClientError {status}"
    if age > LONGEST_SECONDS:
        return "TimeToLiveExceeded"
    return "MaxDeliveryAttemptsExceeded" if attempts >= MOST_ATTEMPTS else None
