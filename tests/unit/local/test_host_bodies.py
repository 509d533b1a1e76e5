"""The Functions host refuses a body over its limit, as the real one does."""

import asyncio
from collections.abc import MutableMapping
from typing import Any

import pytest

from local.functions_host.web.asgi import MOST_BYTES, build_server
from local.functions_host.web.exchange import Request, Response

CHUNK = 2**20


async def _accept(request: Request) -> Response:
    return Response(200, str(len(request.body)).encode())


def _ask(size: int) -> tuple[int, bytes]:
    """Send a body of that size in chunks; return the status and body of the answer."""
    sent: list[MutableMapping[str, Any]] = []
    left = [size]

    async def receive() -> MutableMapping[str, Any]:
        part = min(CHUNK, left[0])
        left[0] -= part
        return {"type": "http.request", "body": b"x" * part, "more_body": left[0] > 0}

    async def send(message: MutableMapping[str, Any]) -> None:
        sent.append(message)

    scope = {"type": "http", "method": "POST", "raw_path": b"/api/x", "query_string": b""}
    app: Any = build_server(_accept).config.app
    asyncio.run(app(scope | {"headers": []}, receive, send))
    return sent[0]["status"], sent[1]["body"]


@pytest.mark.parametrize(
    ("size", "answer"),
    [(3 * CHUNK, (200, str(3 * CHUNK).encode())), (MOST_BYTES + 1, (413, b""))],
    ids=["some megabytes", "one byte too many"],
)
def test_a_body_over_the_limit_is_refused(size: int, answer: tuple[int, bytes]) -> None:
    assert _ask(size) == answer
