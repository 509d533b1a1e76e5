"""ASGI's types, and functions to read requests and send replies."""

import json
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from typing import Any

type Scope = MutableMapping[str, Any]
type Message = MutableMapping[str, Any]
type Receive = Callable[[], Awaitable[Message]]
type Send = Callable[[Message], Awaitable[None]]
type App = Callable[[Scope, Receive, Send], Awaitable[None]]


def header(scope: Scope, name: str) -> str:
    """The value of a request header, or empty. `name` must be in lower case."""
    wanted = name.encode()
    return next((value.decode("latin-1") for key, value in scope["headers"] if key == wanted), "")


async def body_of(receive: Receive) -> bytes:
    """The whole body of a request."""
    parts: list[bytes] = []
    while True:
        message = await receive()
        parts.append(message.get("body", b""))
        if message["type"] == "http.disconnect" or not message.get("more_body"):
            return b"".join(parts)


async def reply(
    send: Send,
    status: int,
    body: Any,
    headers: Mapping[str, str] | None = None,
    *,
    empty: bool = False,
) -> None:
    """Send a JSON answer, without a body if `empty`."""
    content = b"" if empty else json.dumps(body).encode()
    plain = {"content-length": str(len(content)), **(headers or {})}
    if not empty:
        plain["content-type"] = "application/json; charset=utf-8"
    pairs = [(key.lower().encode(), value.encode("latin-1")) for key, value in plain.items()]
    await send({"type": "http.response.start", "status": status, "headers": pairs})
    await send({"type": "http.response.body", "body": content})
