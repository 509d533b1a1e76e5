"""Around every host's app: the log of calls, and the faults that were asked for."""

import asyncio
from collections.abc import Callable

from local.azure_ml import clock
from local.azure_ml.asgi import App, Message, Receive, Scope, Send, header, reply
from local.azure_ml.calls import Calls, Logged
from local.azure_ml.faults import Faults, Rule

type Drop = Callable[[int], None]
"""Cuts the connection that a client has through the proxy; takes the port it arrived from."""


class Observed:
    """An app whose calls are logged, and fail as rules say. Scope key `logged` is the entry."""

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
        logged = Logged(clock.now(), scope["method"], host, path, _api_version(scope))
        self._calls.add(logged)
        scope["logged"] = logged
        rule = self._faults.call(scope["method"], host, path)
        if rule is None:
            await self._app(scope, receive, _noting(send, logged))
        else:
            await self._fail(rule, scope, receive, _noting(send, logged))

    async def _fail(self, rule: Rule, scope: Scope, receive: Receive, send: Send) -> None:
        replaced = rule.drop or rule.status is not None
        if rule.when == "after":
            await self._app(scope, receive, _swallow if replaced else _late(send, rule.delay))
            scope["logged"].status = None if replaced else scope["logged"].status
        if rule.when == "before" or replaced:
            await asyncio.sleep(rule.delay)
        if rule.drop:
            self._drop(scope["client"][1])
            await _gone(receive)
        elif rule.status is not None:
            await reply(send, rule.status, rule.body, rule.headers, empty=rule.body is None)
        elif rule.when == "before":
            await self._app(scope, receive, send)


def _noting(send: Send, logged: Logged) -> Send:
    async def noting(message: Message) -> None:
        if message["type"] == "http.response.start":
            logged.status = message["status"]
        await send(message)

    return noting


def _late(send: Send, delay: float) -> Send:
    async def late(message: Message) -> None:
        if message["type"] == "http.response.start":
            await asyncio.sleep(delay)
        await send(message)

    return late


async def _swallow(_: Message) -> None:
    """Lose the app's answer."""


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


def _api_version(scope: Scope) -> str | None:
    for pair in scope["query_string"].decode("latin-1").split("&"):
        name, _, value = pair.partition("=")
        if name.lower() == "api-version":
            return str(value)
    return None
