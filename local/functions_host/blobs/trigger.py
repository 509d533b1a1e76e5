"""What every blob trigger has: its path, its places, the call of its function, the poison queue."""

import asyncio
import logging
from collections.abc import Mapping
from dataclasses import dataclass

from local.functions_host.blobs.call import (
    POISON_QUEUE,
    blob_call,
    content,
    poison_message,
    reference,
)
from local.functions_host.blobs.pattern import compile_path
from local.functions_host.blobs.source import BlobSource, FoundBlob
from local.functions_host.settings import HostSettings
from local.functions_host.state import HostState
from local.functions_host.worker.function import Function
from local.functions_host.worker.running import Running
from local.functions_host.worker.worker import Call, InvocationError, Worker

logger = logging.getLogger(__name__)


@dataclass(eq=False)
class BlobTrigger:
    """One blob trigger: what all of them have, wherever they hear of blobs."""

    function: Function
    worker: Worker
    source: BlobSource
    state: HostState
    settings: HostSettings
    running: Running

    def __post_init__(self) -> None:
        self.pattern = compile_path(str(self.function.trigger["path"]))
        self.places = asyncio.Semaphore(self.settings.blobs_at_once)

    async def call(self, blob: FoundBlob, captures: Mapping[str, str]) -> bool | None:
        """Call the function; None if the blob is gone or has changed, False if it failed.

        Raises:
            AzureError: the blob cannot be read.
        """
        call = await self._call_of(blob, captures)
        if call is None:
            return None
        try:
            await self.worker.invoke(self.function, call)
        except InvocationError:
            return False
        return True

    async def _call_of(self, blob: FoundBlob, captures: Mapping[str, str]) -> Call | None:
        uri = self.source.uri(blob)
        if self.function.is_sdk_type:
            return blob_call(reference(self.function, blob), blob, uri, captures)
        read = await asyncio.to_thread(self.source.read, blob)
        if read is None:
            return None
        return blob_call(content(self.function, read), blob, uri, captures)

    async def give_up(self, blob: FoundBlob) -> None:
        """Send the poison message.

        Raises:
            AzureError: storage does not take it.
        """
        message = poison_message(self.function, blob)
        await asyncio.to_thread(self.source.send, POISON_QUEUE, message)
        logger.error("blob trigger %s gave up on %s", self.function.name, blob.path)


def pause_after(tries: int) -> float:
    """Seconds until a function is called again that has failed so often."""
    return 0.25 * 2.0 ** (tries - 1)
