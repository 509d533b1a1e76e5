"""Forwards one call to a deployment's process, and streams its answer back."""

import asyncio
from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager, AsyncExitStack
from dataclasses import dataclass
from typing import Self

import httpx
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.types import Receive, Scope, Send

# Headers of a single hop.
_HOP = frozenset({"connection", "content-length", "date", "server", "transfer-encoding"})
_KEPT_BACK = _HOP | {"authorization", "host"}


class TimedOutError(Exception):
    """The deployment exceeded its time limit."""


class UnreachableError(Exception):
    """The deployment's process is gone, or closed the connection; the message says which."""


@dataclass(frozen=True)
class Call:
    """A complete request, so that it can be sent twice (mirror traffic)."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes

    @classmethod
    async def of(cls, request: Request, number: str) -> Self:
        """Build the call for the deployment: without credentials, with its request id."""
        kept = {k: v for k, v in request.headers.items() if k not in _KEPT_BACK}
        path = request.url.path + (f"?{request.url.query}" if request.url.query else "")
        headers = {**kept, "accept-encoding": "identity", "x-request-id": number}
        return cls(request.method, path, headers, await request.body())


class Streamed(StreamingResponse):
    """A deployment's stream of events, forwarded as it arrives; holds its slot until the end."""

    def __init__(self, answer: httpx.Response, held: AsyncExitStack) -> None:
        super().__init__(answer.aiter_raw(), answer.status_code, _end_to_end_headers(answer))
        self._held = held

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async with self._held:
            await super().__call__(scope, receive, send)

    async def drain(self) -> None:
        """Read and discard it to its end."""
        async with self._held:
            async for _ in self.body_iterator:
                pass


async def forward(
    client: httpx.AsyncClient,
    base: str | None,
    call: Call,
    slot: AbstractAsyncContextManager[None],
    timeout_s: float,
) -> Response:
    """Send the call to the deployment at `base`, holding a slot; return once it starts to answer.

    Any answer but an event stream is read completely within the time limit.

    Raises:
        FullError: there is no free slot.
        TimedOutError: no answer within `timeout_s` seconds.
        UnreachableError: there is no process, or it closed the connection.
    """
    held = AsyncExitStack()
    try:
        await held.enter_async_context(slot)
        response = await _exchange(client, base, call, timeout_s, held)
    except BaseException:
        await held.aclose()
        raise
    if not isinstance(response, Streamed):
        await held.aclose()
    return response


async def _exchange(
    client: httpx.AsyncClient, base: str | None, call: Call, timeout_s: float, held: AsyncExitStack
) -> Response:
    if base is None:
        raise UnreachableError("the deployment's container is not running")
    try:
        async with asyncio.timeout(timeout_s):
            answer = await _send(client, base, call)
            held.push_async_callback(answer.aclose)
            if answer.headers.get("content-type", "").startswith("text/event-stream"):
                return Streamed(answer, held)
            return Response(await answer.aread(), answer.status_code, _end_to_end_headers(answer))
    except TimeoutError:
        raise TimedOutError from None
    except httpx.HTTPError as error:
        raise UnreachableError(
            f"the deployment's container closed the connection: {error!r}"
        ) from error


def _end_to_end_headers(answer: httpx.Response) -> dict[str, str]:
    return {k: v for k, v in answer.headers.items() if k not in _HOP}


async def _send(client: httpx.AsyncClient, base: str, call: Call) -> httpx.Response:
    request = client.build_request(
        call.method, base + call.path, headers=dict(call.headers), content=call.body, timeout=None
    )
    return await client.send(request, stream=True)
