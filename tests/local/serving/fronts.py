"""A scoring front over fake models and endpoints."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import Any

import httpx
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from local.serving.contract import Container, Limits, MirroredCall, ScoringEndpoint
from local.serving.loopback import Loopback
from local.serving.scoring import scoring_app

LIMITS = Limits(timeout_s=5, max_concurrent=8, queue=8, queue_wait_s=5)
KEY = "a-valid-key"


@dataclass
class Models:
    """Serving and Endpoints in one: every deployment is the same model, which counts its calls.

    What is asked to wait, and what follows a first event, is answered once the test sets `go`.
    """

    scored_now: ScoringEndpoint
    base: str = ""
    down: set[str] = field(default_factory=set)
    calls: list[str] = field(default_factory=list)
    copies: list[MirroredCall] = field(default_factory=list)
    go: asyncio.Event = field(default_factory=asyncio.Event)

    def find(self, endpoint: str) -> ScoringEndpoint | None:
        return self.scored_now if endpoint == self.scored_now.name else None

    def mirrored(self, copy: MirroredCall) -> None:
        self.copies.append(copy)

    def url(self, endpoint: str, deployment: str) -> str | None:
        return None if deployment in self.down else f"{self.base}/{endpoint}/{deployment}"

    async def start(self, container: Container) -> None:
        raise NotImplementedError

    async def stop(self, endpoint: str, deployment: str) -> None:
        raise NotImplementedError

    def log(self, endpoint: str, deployment: str, container: str) -> str:
        raise NotImplementedError

    def pids(self, endpoint: str, deployment: str) -> list[int]:
        raise NotImplementedError

    async def close(self) -> None:
        raise NotImplementedError

    def change(self, **changes: Any) -> None:
        self.scored_now = replace(self.scored_now, **changes)

    def model(self) -> Starlette:
        return Starlette(routes=[Route("/{e}/{d}/score", self._score, methods=["POST"])])

    async def _score(self, request: Request) -> Response:
        deployment = request.path_params["d"]
        self.calls.append(deployment)
        inputs = await request.json()
        if "wait" in inputs:
            await self.go.wait()
        if "events" in inputs:
            return StreamingResponse(self._events(inputs["events"]), media_type="text/event-stream")
        seen = {k: request.headers.get(k) for k in ("authorization", "x-request-id")}
        return JSONResponse({"by": deployment, "seen": seen}, inputs.get("status", 200))

    async def _events(self, count: int) -> AsyncIterator[str]:
        for number in range(count):
            yield f"data: {number}\n\n"
            await self.go.wait()


@dataclass
class Caller:
    """Calls an endpoint at the front, as its users do."""

    models: Models
    client: httpx.AsyncClient

    def headers(self, **more: str) -> dict[str, str]:
        host = f"{self.models.scored_now.name}.westeurope.inference.ml.azure.com"
        given = {"host": host, "authorization": f"Bearer {KEY}"}
        return given | {k.replace("_", "-"): v for k, v in more.items()}

    async def score(self, inputs: object = None, **headers: str) -> httpx.Response:
        return await self.client.post(
            "/score", json=inputs or {}, headers=self.headers(**headers), timeout=60
        )


@asynccontextmanager
async def front(**changes: Any) -> AsyncIterator[Caller]:
    """The front on a loopback port; `changes` are fields of the one endpoint `talk`."""
    wanted: dict[str, Any] = {
        "name": "talk",
        "auth_mode": "Key",
        "keys": (KEY, "another"),
        "token_valid": lambda _token: False,
        "traffic": {"blue": 100},
        "mirror": {},
        "deployments": {"blue": LIMITS, "green": LIMITS},
    }
    models = Models(ScoringEndpoint(**{**wanted, **changes}))
    running = await Loopback.start(models.model())
    models.base = running.url
    app = await Loopback.start(scoring_app(models, models))
    async with httpx.AsyncClient(base_url=app.url) as client:
        yield Caller(models, client)
    await app.close()
    await running.close()
