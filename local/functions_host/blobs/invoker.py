"""Calls the function of one blob trigger, however its blobs are found."""

import asyncio
import logging
from collections.abc import Mapping

from local.functions_host.blobs.call import (
    POISON_QUEUE,
    blob_call,
    content,
    poison_message,
    reference,
)
from local.functions_host.blobs.source import BlobSource, FoundBlob
from local.functions_host.worker.function import Function
from local.functions_host.worker.worker import Call, InvocationError, Worker

logger = logging.getLogger(__name__)


class BlobInvoker:
    """Calls a function with one blob, and gives a blob up."""

    def __init__(self, function: Function, worker: Worker, source: BlobSource) -> None:
        self.function = function
        self._worker = worker
        self._source = source

    async def call(self, blob: FoundBlob, captures: Mapping[str, str]) -> bool | None:
        """Call the function; None if the blob is gone or has changed, False if it failed.

        Raises:
            AzureError: the blob cannot be read.
        """
        call = await self._call_of(blob, captures)
        if call is None:
            return None
        try:
            await self._worker.invoke(self.function, call)
        except InvocationError:
            return False
        return True

    async def _call_of(self, blob: FoundBlob, captures: Mapping[str, str]) -> Call | None:
        uri = self._source.uri(blob)
        if self.function.is_sdk_type:
            return blob_call(reference(self.function, blob), blob, uri, captures)
        read = await asyncio.to_thread(self._source.read, blob)
        if read is None:
            return None
        return blob_call(content(self.function, read), blob, uri, captures)

    async def give_up(self, blob: FoundBlob) -> None:
        """Send the poison message.

        Raises:
            AzureError: storage does not take it.
        """
        message = poison_message(self.function, blob)
        await asyncio.to_thread(self._source.send, POISON_QUEUE, message)
        logger.error("blob trigger %s gave up on %s", self.function.name, blob.path)


def pause_after(tries: int) -> float:
    """Seconds until a function is called again that has failed so often."""
    return 0.25 * 2.0 ** (tries - 1)
