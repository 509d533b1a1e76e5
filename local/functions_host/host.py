"""The host: starts and stops the app, its triggers' listeners, and the HTTP server."""

import asyncio
import logging
from collections.abc import Coroutine
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from local.functions_host.blobs.events import PREFIX as EVENTS
from local.functions_host.blobs.events import BlobWebhook, EventListener
from local.functions_host.blobs.listener import BlobListener
from local.functions_host.blobs.source import BlobSource
from local.functions_host.blobs.trigger import BlobTrigger
from local.functions_host.bus.listener import BusListener
from local.functions_host.connections import connection_string
from local.functions_host.durable.bridge import Bridge
from local.functions_host.durable.client_config import client_config
from local.functions_host.durable.items import DurableFunctions
from local.functions_host.durable.management import PREFIX, Management
from local.functions_host.settings import HostSettings, read_host_json
from local.functions_host.state import HostState
from local.functions_host.timers.listener import TimerListener
from local.functions_host.web.admin import Admin
from local.functions_host.web.exchange import Request, Response
from local.functions_host.web.functions import HttpTriggers
from local.functions_host.web.keys import Keys
from local.functions_host.web.sign_in import PREFIX as SIGN_IN
from local.functions_host.web.sign_in import SignIn, is_on
from local.functions_host.worker.function import Function, resolved
from local.functions_host.worker.running import Running
from local.functions_host.worker.served import refuse_unserved
from local.functions_host.worker.worker import Worker

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Place:
    """Where and with which settings a host runs.

    Attributes:
        app: Folder of function_app.py and host.json.
        state: Folder of the host's own state.
        base: URL of its HTTP server.
        durable: Address of the Durable backend, `127.0.0.1:PORT`.
        keys: The keys that callers must send.
        blob_interval: Seconds between two scans of a container.
    """

    app: Path
    state: Path
    base: str
    durable: str
    keys: Keys
    blob_interval: float


class Host:
    """Runs one app. Create it with `load_host`."""

    def __init__(self, place: Place, settings: HostSettings, worker: Worker) -> None:
        self._place = place
        self._settings = settings
        self._worker = worker
        self._running = Running()
        self._state = HostState(place.state)
        durable = DurableFunctions(worker, settings)
        self._bridge = Bridge(durable, settings, place.durable, self._running)
        self._timers = [
            TimerListener(each, worker, self._state, self._running) for each in self._of("timer")
        ]
        self._buses = [self._bus(each) for each in self._of("serviceBus")]
        blobs = self._of("blob")
        self._scans = [self._blob(BlobListener, it) for it in blobs if not _has_events(it)]
        self._events = [self._blob(EventListener, it) for it in blobs if _has_events(it)]
        self._webhook = BlobWebhook(place.keys, self._events)
        self._management = Management(self._bridge.stub, place.keys)
        self._http = HttpTriggers(worker, place.keys, settings.route_prefix, place.base)
        by_hand = {each.function.name: each.run_by_hand for each in self._timers}
        self._admin = Admin(place.keys, self._running, by_hand)
        self._sign_in = SignIn(place.keys.sign_in) if is_on() else None
        self._settling: list[asyncio.Task[None]] = []
        self._cancellable: list[asyncio.Task[None]] = []

    async def answer(self, request: Request) -> Response:
        """Answer any HTTP request to the host."""
        if self._sign_in is not None:
            if request.path.lower().startswith(SIGN_IN):
                return self._sign_in.answer(request)
            known = self._sign_in.identify(request)
            if isinstance(known, Response):
                return known
            request = known
        if request.path.startswith(PREFIX):
            return await self._management.answer(request)
        if request.path.lower() == EVENTS:
            return await self._webhook.answer(request)
        if request.path.lower().startswith("/admin/"):
            return await self._admin.answer(request)
        return await self._http.answer(request)

    def start(self) -> None:
        """Start the listeners of all triggers except HTTP."""
        interval = self._place.blob_interval
        self._settling = [_listen(each.run(), each.function.name) for each in self._buses]
        self._cancellable = [
            _listen(self._bridge.run(), "durable"),
            *(_listen(each.run(), each.function.name) for each in self._timers),
            *(_listen(each.run(interval), each.function.name) for each in self._scans),
            *(_listen(each.run(), each.function.name) for each in self._events),
        ]

    async def stop(self, seconds: float) -> None:
        """Stop taking work, and give running work this long to finish."""
        for bus in self._buses:
            bus.stop()
        for task in self._cancellable:
            task.cancel()
        await self._running.drain(seconds)

    def _of(self, kind: str) -> list[Function]:
        return [each for each in self._worker.functions if each.kind == f"{kind}Trigger"]

    def _bus(self, function: Function) -> BusListener:
        connection = connection_string(function.trigger.get("connection"), "AzureWebJobsServiceBus")
        return BusListener(function, self._worker, connection, self._settings, self._running)

    def _blob[T: BlobTrigger](self, kind: type[T], function: Function) -> T:
        connection = connection_string(function.trigger.get("connection"), "AzureWebJobsStorage")
        source = BlobSource(connection)
        return kind(function, self._worker, source, self._state, self._settings, self._running)


def _has_events(function: Function) -> bool:
    """Whether Event Grid tells a blob trigger what was written; else it scans its container."""
    return str(function.trigger.get("source", "")).lower() == "eventgrid"


async def load_host(place: Place) -> Host:
    """Load the app and create its host.

    Raises:
        AppError: the app could not be indexed.
        ValueError: a binding cannot be served: its kind, connection, route, path or schedule.
    """
    settings = read_host_json(place.app)
    client = client_config(
        str(resolved(settings.hub)), place.durable, place.base, place.keys.durable
    )
    worker = Worker(client)
    await worker.load(place.app)
    refuse_unserved(worker.functions)
    return Host(place, settings, worker)


def _listen(listening: Coroutine[Any, Any, None], name: str) -> asyncio.Task[None]:
    task = asyncio.create_task(listening, name=f"listener of {name}")
    task.add_done_callback(_log_end)
    return task


def _log_end(task: asyncio.Task[None]) -> None:
    if not task.cancelled() and (error := task.exception()) is not None:
        logger.critical("%s has ended", task.get_name(), exc_info=error)
