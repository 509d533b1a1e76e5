"""HTTP triggers: route requests to functions."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from local.functions_host.web.exchange import Request, Response
from local.functions_host.web.keys import Keys
from local.functions_host.web.template import Template, compile_template
from local.functions_host.worker.conversion import plain
from local.functions_host.worker.function import Function
from local.functions_host.worker.messages import RpcHttp, TypedData
from local.functions_host.worker.worker import Call, InvocationError, Worker

_MIMES: Mapping[str | None, str] = {
    "string": "text/plain; charset=utf-8",
    "json": "application/json; charset=utf-8",
    "bytes": "application/octet-stream",
}


@dataclass(frozen=True)
class Route:
    """A function with its route and methods; no methods means all."""

    function: Function
    template: Template
    methods: frozenset[str]

    @property
    def level(self) -> str:
        return str(self.function.trigger.get("authLevel") or "function")


class HttpTriggers:
    """All HTTP triggers of the app."""

    def __init__(self, worker: Worker, keys: Keys, prefix: str, base: str) -> None:
        """`base` is the host's own URL, for requests without a Host header."""
        self._worker = worker
        self._keys = keys
        self._base = base
        functions = [each for each in worker.functions if each.kind == "httpTrigger"]
        routes = [_route(each, prefix) for each in functions]
        self._routes = sorted(routes, key=lambda route: route.template.precedence)

    async def answer(self, request: Request) -> Response:
        """Return the function's response; 404: no route, 401: no key, 500: it failed."""
        for route in self._routes:
            params = route.template.match(request.path)
            if params is None or (route.methods and request.method not in route.methods):
                continue
            if not self._keys.may_call(request, route.level):
                return Response(401)
            return await self._call(route.function, request, params)
        return Response(404)

    async def _call(self, function: Function, request: Request, params: dict[str, str]) -> Response:
        host = request.headers.get("host")
        http = RpcHttp(
            method=request.method,
            url=(f"http://{host}" if host else self._base) + request.target,
            headers=dict(request.headers),
            params=params,
            query=dict(request.query),
            body=TypedData(bytes=request.body) if request.body else TypedData(),
        )
        call = Call(TypedData(http=http), trace_parent=request.headers.get("traceparent", ""))
        try:
            return _response(await self._worker.invoke(function, call))
        except InvocationError:
            return Response(500)  # as in Azure, without details of the error


def _route(function: Function, prefix: str) -> Route:
    own = function.trigger.get("route") or function.name
    path = "/".join(part.strip("/") for part in (prefix, own) if part.strip("/"))
    methods: Iterable[Any] = function.trigger.get("methods") or ()
    return Route(function, compile_template(path), frozenset(str(each).upper() for each in methods))


def _response(returned: TypedData) -> Response:
    if returned.kind is None:
        return Response(204)
    if returned.kind != "http":
        return Response(200, _content(returned), (("content-type", _MIMES[returned.kind]),))
    http: RpcHttp = returned.value
    cookies = tuple(("set-cookie", _cookie(each)) for each in http.cookies or ())
    return Response(int(http.status_code), _content(http.body), (*http.headers.items(), *cookies))


def _content(body: TypedData | None) -> bytes:
    if body is None or body.kind is None:
        return b""
    if body.kind == "json":
        return str(body.value).encode()
    value = plain(body)
    return value if isinstance(value, bytes) else str(value).encode()


def _cookie(cookie: Any) -> str:
    text = f"{cookie.name}={cookie.value}"
    for attribute, label in (("path", "Path"), ("domain", "Domain"), ("max_age", "Max-Age")):
        value = getattr(getattr(cookie, attribute, None), "value", None)
        text += f"; {label}={value}" if value is not None else ""
    for attribute, label in (("secure", "Secure"), ("http_only", "HttpOnly")):
        text += f"; {label}" if getattr(getattr(cookie, attribute, None), "value", False) else ""
    return text
