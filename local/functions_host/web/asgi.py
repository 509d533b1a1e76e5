"""The HTTP server: uvicorn around one coroutine from request to response."""

import logging
import socket
from collections.abc import Awaitable, Callable, Iterable, Iterator, MutableMapping
from contextlib import contextmanager
from typing import Any
from urllib.parse import parse_qsl

import uvicorn

from local.functions_host.web.dots import remove_dot_segments
from local.functions_host.web.exchange import Request, Response

logger = logging.getLogger(__name__)
MOST_BYTES = 104_857_600
"""The host's own limit of a body, FUNCTIONS_REQUEST_BODY_SIZE_LIMIT; beyond it answers 413."""
type Answer = Callable[[Request], Awaitable[Response]]
type _Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
type _Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]


class Server(uvicorn.Server):
    """A uvicorn server that leaves the process's signals to `local.process`."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def build_server(answer: Answer) -> Server:
    """Create a server for this function; run it with `serve(sockets=[...])`."""

    async def app(scope: MutableMapping[str, Any], receive: _Receive, send: _Send) -> None:
        if scope["type"] != "http":
            raise NotImplementedError(scope["type"])
        request = await _read(scope, receive)
        await _reply(send, Response(413) if request is None else await _answer(answer, request))

    return Server(
        uvicorn.Config(
            app,
            lifespan="off",
            log_config=None,
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=2,
        )
    )


def listen(port: int) -> socket.socket:
    """Open a listening socket on 127.0.0.1; port 0 takes a free one.

    Raises:
        OSError: the port is taken.
    """
    return socket.create_server(("127.0.0.1", port), backlog=1024)


async def _answer(answer: Answer, request: Request) -> Response:
    try:
        return await answer(request)
    except Exception:  # always answer the caller, and log the reason
        logger.exception("%s %s", request.method, request.path)
        return Response(500)


async def _read(scope: MutableMapping[str, Any], receive: _Receive) -> Request | None:
    """Read a request; None if its body is too large."""
    body = bytearray()
    more = True
    while more:
        message = await receive()
        body += message.get("body", b"")
        more = message.get("more_body", False)
        if len(body) > MOST_BYTES:
            return None
    query = scope["query_string"].decode("latin-1")
    path = remove_dot_segments(scope["raw_path"].decode("latin-1"))
    return Request(
        method=scope["method"],
        path=path,
        target=f"{path}?{query}" if query else path,
        headers=_join_repeated(
            (k.decode("latin-1"), v.decode("latin-1")) for k, v in scope["headers"]
        ),
        query=_join_repeated(parse_qsl(query)),
        body=bytes(body),
    )


def _join_repeated(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    joined = dict[str, str]()
    for name, value in pairs:
        joined[name] = f"{joined[name]},{value}" if name in joined else value
    return joined


async def _reply(send: _Send, response: Response) -> None:
    headers = [(k.lower().encode("latin-1"), v.encode("latin-1")) for k, v in response.headers]
    headers = [(name, value) for name, value in headers if name != b"content-length"]
    if response.status != 204:
        headers.append((b"content-length", str(len(response.body)).encode()))
    start = {"type": "http.response.start", "status": response.status, "headers": headers}
    await send(start)
    await send({"type": "http.response.body", "body": response.body})
