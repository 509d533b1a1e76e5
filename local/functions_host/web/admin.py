"""The host's admin API: status, and manual runs of timers."""

import json
import time
from collections.abc import Callable, Coroutine, Mapping
from typing import Any

from local.functions_host.web.exchange import Request, Response, json_response
from local.functions_host.web.keys import Keys
from local.functions_host.worker.running import Running

type ByHand = Callable[[], Coroutine[Any, Any, None]]


class Admin:
    """Answers `/admin/` for callers with the master key."""

    def __init__(self, keys: Keys, running: Running, by_hand: Mapping[str, ByHand]) -> None:
        """`by_hand` maps names to functions that can be run manually."""
        self._keys = keys
        self._running = running
        self._by_hand = {name.lower(): run for name, run in by_hand.items()}
        self._begun = time.monotonic()

    async def answer(self, request: Request) -> Response:
        """`GET /admin/host/ping`, `GET /admin/host/status`, `POST /admin/functions/{name}`."""
        match (request.method, request.path.lower().strip("/").split("/")):
            case ("GET" | "POST", ["admin", "host", "ping"]):
                return Response(200)
            case _ if not self._keys.is_master(request):
                return Response(401)
            case ("GET", ["admin", "host", "status"]):
                return json_response(200, json.dumps(self._status()))
            case ("POST", ["admin", "functions", name]) if name in self._by_hand:
                self._running.start(self._by_hand[name]())
                return Response(202)
            case _:
                return Response(404)

    def _status(self) -> dict[str, object]:
        uptime = int((time.monotonic() - self._begun) * 1000)
        return {"id": "local", "state": "Running", "version": "4.local", "processUptime": uptime}
