"""Run `probe.py` in the runtime's venv to get its verdict on folders of the grid."""

import asyncio
import json
import subprocess
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Mount, Route

from local.serving.inside import QUIET
from local.serving.loopback import Loopback
from local.serving.openai import KEY, openai_app
from shared.domain.kinds.prompt_flow import Flow, sample_input
from shared.package import Reading, read
from tests.flow_grid.grid import grid, write

VENV = Path(__file__).parents[2] / ".local" / "promptflow"
CONNECTION = "open_ai_connection"
VARIABLES = ("GRID_KEY", "GRID_URL")
"""Environment variables of the container that the grid's prompties read."""
WITHOUT_SAMPLE = {"q": "hi", "name": "Ada"}
"""The request if our reading finds no inputs."""

type Verdict = dict[str, Any]


def request_for(reading: Reading) -> dict[str, Any]:
    """Return the sample request that Sluice itself would send."""
    request_line = (
        sample_input(reading.content) if isinstance(reading.content, Flow) else WITHOUT_SAMPLE
    )
    reply: dict[str, Any] = json.loads(json.dumps(request_line))
    return reply


def ask(names: Iterable[str]) -> dict[str, Verdict]:
    """Return the runtime's verdict on each folder: an error at start, or status and body."""
    return asyncio.run(_ask(tuple(names)))


async def _ask(names: tuple[str, ...]) -> dict[str, Verdict]:
    server = await Loopback.start(Starlette(routes=[_connections(), Mount("/", openai_app(KEY))]))
    try:
        return await asyncio.to_thread(_probe, names, server.url)
    finally:
        await server.close()


def _probe(names: tuple[str, ...], url: str) -> dict[str, Verdict]:
    with tempfile.TemporaryDirectory() as top:
        process = subprocess.Popen(
            [str(VENV / "bin" / "python"), "-P", str(Path(__file__).with_name("probe.py"))],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            env={**QUIET, "PATH": "/usr/bin:/bin", "HOME": top, "LANG": "C.UTF-8"},
        )
        with process:
            return {
                name: _one(process, name, Path(top) / str(number), url)
                for number, name in enumerate(names)
            }


def _one(process: subprocess.Popen[str], name: str, top: Path, url: str) -> Verdict:
    folder = top / "flow"
    write(grid()[name], folder)
    request = request_for(read(folder))
    request_line = {"folder": str(folder), "request": request, "environ": _environ(url)}
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(json.dumps(request_line) + "\n")
    process.stdin.flush()
    reply = process.stdout.readline().replace(str(folder), "flow").replace(str(top.parent), "~")
    return {"request": request, **json.loads(reply)}


def _environ(url: str) -> dict[str, str]:
    """The container's environment: the workspace's connections, without a workspace."""
    return {
        "PROMPTFLOW_CONNECTION_PROVIDER": "local",
        "PF_HTTP_CONNECTION_PROVIDER_ENDPOINT": url,
        CONNECTION: json.dumps(
            {
                "properties": {
                    "authType": "ApiKey",
                    "category": "OpenAI",
                    "target": f"{url}/v1",
                    "credentials": {"key": KEY},
                    "metadata": {},
                }
            }
        ),
        **dict(zip(VARIABLES, (KEY, f"{url}/v1"), strict=True)),
    }


def _connections() -> Route:
    """Serve connections to prompties and to constructors of flex flows."""

    async def get(request: Request) -> JSONResponse:
        if request.path_params["name"] != CONNECTION:
            return JSONResponse({"error": {"code": "NotFound"}}, 404)
        value = {"api_key": KEY, "base_url": f"{request.base_url}v1"}
        return JSONResponse(
            {
                "type": "OpenAIConnection",
                "module": "promptflow.connections",
                "name": CONNECTION,
                "value": value,
            }
        )

    return Route("/connections/{name}", get)
