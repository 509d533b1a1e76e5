"""Blob triggers whose source is Event Grid: a webhook takes events, the host's queue keeps them.

As in the real host, an event is answered once it is kept. A blob is called as it is then; one that
is gone is forgotten. There are no receipts: an event that comes twice calls the function twice.
"""

import asyncio
import json
import logging
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import unquote, urlsplit

from azure.core.exceptions import AzureError

from local.functions_host.blobs.trigger import BlobTrigger, pause_after
from local.functions_host.state import BlobMessage
from local.functions_host.web.exchange import Request, Response, json_response
from local.functions_host.web.keys import Keys

logger = logging.getLogger(__name__)

PREFIX: Final = "/runtime/webhooks/blobs"
_CREATED: Final = "Microsoft.Storage.BlobCreated"
_STORAGE_PAUSE: Final = 1.0


@dataclass(eq=False)
class EventListener(BlobTrigger):
    """One blob trigger whose source is Event Grid."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self._busy = set[int]()
        self._changed = asyncio.Event()

    def take(self, url: str) -> None:
        """Keep the blob of this URL, if the trigger's path matches it."""
        container, _, name = unquote(urlsplit(url).path).lstrip("/").partition("/")
        if container == self.pattern.container and self.pattern.match(name) is not None:
            self.state.add_blob_message(self.function.name, container, name, time.time())
            self._changed.set()

    async def run(self) -> None:
        """Call the function for each blob that is kept, until cancelled."""
        while True:
            self._changed.clear()
            most = len(self._busy) + self.settings.blobs_at_once
            kept = self.state.blob_messages(self.function.name, most)
            waiting = [it for it in kept if it.id not in self._busy]
            for message in waiting:
                if message.due <= time.time():
                    await self.places.acquire()
                    self._busy.add(message.id)
                    self.running.start(self._process(message))
            later = [it.due for it in waiting if it.id not in self._busy]
            pause = max(0.0, min(later) - time.time()) if later else None
            try:
                async with asyncio.timeout(pause):
                    await self._changed.wait()
            except TimeoutError:
                continue

    async def _process(self, message: BlobMessage) -> None:
        try:
            await self._try(message)
        except AzureError as error:
            logger.warning("blob trigger %s: %s", self.function.name, error)
            await asyncio.sleep(_STORAGE_PAUSE)
        finally:
            self._busy.discard(message.id)
            self.places.release()
            self._changed.set()

    async def _try(self, message: BlobMessage) -> None:
        blob = await asyncio.to_thread(self.source.find, message.container, message.blob)
        captures = self.pattern.match(message.blob) or {}
        if blob is not None and await self.call(blob, captures) is False:
            tries = message.tries + 1
            if tries < self.settings.blob_tries:
                self.state.put_off_blob_message(message, time.time() + pause_after(tries))
                return
            await self.give_up(blob)
        self.state.remove_blob_message(message)


class BlobWebhook:
    """Answers Event Grid under `/runtime/webhooks/blobs?functionName=Host.Functions.NAME`."""

    def __init__(self, keys: Keys, listeners: Sequence[EventListener]) -> None:
        self._keys = keys
        self._listeners = {f"host.functions.{it.function.name}".lower(): it for it in listeners}

    async def answer(self, request: Request) -> Response:
        """Confirm a subscription, or keep events."""
        if not self._keys.is_blobs(request):
            return Response(401)
        if request.method != "POST":
            return Response(400)
        kind = request.headers.get("aeg-event-type", "").lower()
        try:
            events = _events(request.body)
            if kind == "subscriptionvalidation":
                code = str(events[0]["data"]["validationCode"])
                return json_response(200, json.dumps({"validationResponse": code}))
            if kind != "notification":
                return Response(400)
            urls = [str(it["data"]["url"]) for it in events if it["eventType"] == _CREATED]
        except (ValueError, LookupError, TypeError):
            return Response(400)
        self._keep(request.query.get("functionName", ""), urls)
        return Response(202)

    def _keep(self, function: str, urls: Sequence[str]) -> None:
        listener = self._listeners.get(function.lower())
        if listener is None:  # the real host says 202, and the event is lost (host issue 8802)
            logger.error("an event names '%s', which no blob trigger here is", function)
            return
        for url in urls:
            listener.take(url)


def _events(body: bytes) -> list[Mapping[str, Any]]:
    events = json.loads(body)
    if not isinstance(events, list) or not events:
        raise ValueError("no events")
    return events
