"""Deployments without a process that answer with their inputs, for load tests."""

import os
from dataclasses import dataclass, field

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from local.serving.contract import Container
from local.serving.loopback import Loopback


@dataclass
class EchoServing:
    """Every deployment is ready at once. See contract.Serving."""

    _running: set[tuple[str, str]] = field(default_factory=set)
    _loopback: Loopback | None = None

    async def start(self, container: Container) -> None:
        if self._loopback is None:
            self._loopback = await Loopback.start(echo_app())
        self._running.add((container.endpoint, container.deployment))

    async def stop(self, endpoint: str, deployment: str) -> None:
        self._running.discard((endpoint, deployment))

    def log(self, endpoint: str, deployment: str, container: str) -> str:
        there = (endpoint, deployment) in self._running
        return f"{container}: echoes its inputs\n" if there else ""

    def url(self, endpoint: str, deployment: str) -> str | None:
        there = (endpoint, deployment) in self._running
        return self._loopback.url if self._loopback and there else None

    def pids(self, endpoint: str, deployment: str) -> list[int]:
        """Return this process, which serves all deployments."""
        return [os.getpid()] if (endpoint, deployment) in self._running else []

    async def close(self) -> None:
        self._running.clear()
        if self._loopback:
            await self._loopback.close()
            self._loopback = None


def echo_app() -> Starlette:
    """The app of the one model behind all deployments."""
    return Starlette(
        routes=[
            Route("/score", _echo, methods=["POST"]),
            Route("/health", _healthy),
            Route("/swagger.json", _swagger),
        ]
    )


async def _echo(request: Request) -> Response:
    return Response(await request.body(), media_type="application/json")


async def _healthy(_request: Request) -> Response:
    return JSONResponse({"status": "Healthy"})


async def _swagger(_request: Request) -> Response:
    return JSONResponse({"openapi": "3.0.0", "info": {"title": "echo"}, "paths": {"/score": {}}})
