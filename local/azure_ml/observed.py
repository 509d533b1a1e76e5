"""Wraps every host's app with the log of calls and the requested faults."""

import asyncio
from collections.abc import Callable

from local.azure_ml import clock
from local.azure_ml.asgi import App, Message, Receive, Scope, Send, header, reply
from local.azure_ml.calls import Calls, LoggedCall
from local.azure_ml.faults import Faults, Rule

type Drop = Callable[[int], None]
"""Cuts a client's connection through the proxy, by the port it arrived from."""


class ObservedApp:
    """Logs the calls of an app and applies fault rules. Scope key `logged` holds the log entry."""

    def __init__(self, app: App, calls: Calls, faults: Faults, drop: Drop) -> None:
        self._app = app
        self._calls = calls
        self._faults = faults
        self._drop = drop

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        host = header(scope, "host").split(":")[0].lower()
        path: str = scope["path"]
        logged = LoggedCall(clock.now(), scope["method"], host, path, _api_version(scope))
        self._calls.add(logged)
        scope["logged"] = logged
        rule = self._faults.call(scope["method"], host, path)
        if rule is None:
            await self._app(scope, receive, _record_status(send, logged))
        else:
            await self._fail(rule, scope, receive, _record_status(send, logged))

    async def _fail(self, rule: Rule, scope: Scope, receive: Receive, send: Send) -> None:
        replaced = rule.drop or rule.status is not None
        if rule.when == "after":
            await self._app(
                scope, receive, _discard if replaced else _delay_start(send, rule.delay)
            )
            scope["logged"].status = None if replaced else scope["logged"].status
        if rule.when == "before" or replaced:
            await asyncio.sleep(rule.delay)
        if rule.drop:
            self._drop(scope["client"][1])
            await _wait_for_disconnect(receive)
        elif rule.status is not None:
            await reply(send, rule.status, rule.body, rule.headers, empty=rule.body is None)
        elif rule.when == "before":
            await self._app(scope, receive, send)


def _record_status(send: Send, logged: LoggedCall) -> Send:
    async def recording(message: Message) -> None:
        if message["type"] == "http.response.start":
            logged.status = message["status"]
            logged.retry_after = _retry_after(message)
        await send(message)

    return recording


def _retry_after(message: Message) -> str | None:
    headers = {key.lower(): value for key, value in message["headers"]}
    found = headers.get(b"retry-after")
    return found.decode("latin-1") if found is not None else None


def _delay_start(send: Send, delay: float) -> Send:
    async def late(message: Message) -> None:
        if message["type"] == "http.response.start":
            await asyncio.sleep(delay)
        await send(message)

    return late


async def _discard(_: Message) -> None:
    """Discard the app's answer."""


async def _wait_for_disconnect(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


def _api_version(scope: Scope) -> str | None:
    for pair in scope["query_string"].decode("latin-1").split("&"):
        name, _, value = pair.partition("=")
        if name.lower() == "api-version":
            return str(value)
    return None
