"""Blob triggers that poll for new blob versions, and call the function with retries."""

import asyncio
import logging
import time
from collections.abc import Mapping
from dataclasses import dataclass

from azure.core.exceptions import AzureError

from local.functions_host.blobs.source import FoundBlob
from local.functions_host.blobs.trigger import BlobTrigger, pause_after
from local.pauses import rest_after

logger = logging.getLogger(__name__)


@dataclass(eq=False)
class BlobListener(BlobTrigger):
    """One blob trigger whose source is a scan of its container.

    As with the real host, what was found waits for its turn, and is not looked for again. A receipt
    is written only after success or the poison message, so the next process finds an unfinished
    blob again.
    """

    def __post_init__(self) -> None:
        super().__post_init__()
        self._receipts = self.state.receipts(self.function.name)
        self._complaint = ""
        self._busy: set[str] = set()
        self._not_before: dict[str, float] = {}

    async def run(self, interval: float) -> None:
        """Poll until cancelled: every `interval` seconds, or less often if listing is slow."""
        while True:
            begun = time.monotonic()
            found = await self._list()
            took = time.monotonic() - begun
            await self._begin(found)
            await asyncio.sleep(rest_after(took, interval))

    async def _list(self) -> list[FoundBlob]:
        pattern = self.pattern
        try:
            found = await asyncio.to_thread(self.source.list, pattern.container, pattern.prefix)
        except AzureError as error:
            self._complain(error)
            return []
        self._complaint = ""
        return found

    async def _begin(self, found: list[FoundBlob]) -> None:
        """Begin each blob that is due, as soon as there is a place for it."""
        for blob in found:
            captures = self.pattern.match(blob.name)
            if captures is not None and self._is_due(blob):
                await self.places.acquire()
                self._busy.add(blob.path)
                self.running.start(self._process(blob, captures))

    def _is_due(self, blob: FoundBlob) -> bool:
        return (
            blob.path not in self._busy
            and self._receipts.get(blob.path) != blob.etag
            and self._not_before.get(blob.path, 0.0) <= time.monotonic()
        )

    async def _process(self, blob: FoundBlob, captures: Mapping[str, str]) -> None:
        try:
            await self._try(blob, captures)
        except AzureError as error:  # without a receipt the next scan finds it again
            self._complain(error)
        finally:
            self._busy.discard(blob.path)
            self.places.release()

    async def _try(self, blob: FoundBlob, captures: Mapping[str, str]) -> None:
        succeeded = await self.call(blob, captures)
        if succeeded is False:
            await self._failed(blob)
        elif succeeded:
            self._done(blob)

    async def _failed(self, blob: FoundBlob) -> None:
        """Send a poison message after the last try; before it, double the pause."""
        name = self.function.name
        tries = self.state.failed_tries(name, blob.path, blob.etag) + 1
        if tries >= self.settings.blob_tries:
            await self.give_up(blob)
            self._done(blob)
            return
        self.state.write_failed_tries(name, blob.path, blob.etag, tries)
        self._not_before[blob.path] = time.monotonic() + pause_after(tries)

    def _complain(self, error: AzureError) -> None:
        """Log a failure of the storage account once until it changes."""
        reason = type(error).__name__
        if reason != self._complaint:
            logger.warning("blob trigger %s: %s", self.function.name, error)
        self._complaint = reason

    def _done(self, blob: FoundBlob) -> None:
        self.state.write_receipt(self.function.name, blob.path, blob.etag)
        self._receipts[blob.path] = blob.etag
        self._not_before.pop(blob.path, None)
