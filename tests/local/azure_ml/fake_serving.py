"""The emulator with a fake serving, run as a module like the real one."""

import asyncio
import json
import logging
import os
import sys

from local.azure_ml import flags
from local.azure_ml.asgi import App, Receive, Scope, Send, header, reply
from local.azure_ml.running import run
from local.serving.contract import Container, Endpoints, Serving, ServingError


class FakeServing:
    """Records its containers. One with the variable FAIL fails with that code."""

    def __init__(self) -> None:
        self.logs: dict[tuple[str, str], str] = {}
        self.running: set[tuple[str, str]] = set()

    async def start(self, container: Container) -> None:
        key = (container.endpoint, container.deployment)
        files = sorted(
            str(file.relative_to(container.model)) for file in container.model.rglob("*")
        )
        seen = {
            "model": container.model.name,
            "files": files,
            "build": sorted(p.name for p in container.build.iterdir()) if container.build else None,
            "image": container.image,
            "platform": dict(container.platform),
            "port": container.port,
            "scoring": container.scoring,
        }
        self.logs[key] = json.dumps(seen)
        if code := container.environment_variables.get("FAIL"):
            self.logs[key] = "Container logs:\nimporting\nTraceback: no module named nothing"
            raise ServingError(code, "the container did not come up")
        self.running.add(key)

    async def stop(self, endpoint: str, deployment: str) -> None:
        self.running.discard((endpoint, deployment))

    def log(self, endpoint: str, deployment: str, container: str) -> str:
        return self.logs.get((endpoint, deployment), "") if container == "InferenceServer" else ""

    def url(self, endpoint: str, deployment: str) -> str | None:
        return "http://127.0.0.1:9" if (endpoint, deployment) in self.running else None

    def pids(self, endpoint: str, deployment: str) -> list[int]:
        """The own process, so that there is something to measure."""
        return [os.getpid()] if (endpoint, deployment) in self.running else []

    async def close(self) -> None:
        self.running.clear()


def front(endpoints: Endpoints, _: Serving) -> App:
    """Shows what the scoring front sees of an endpoint."""

    async def app(scope: Scope, __: Receive, send: Send) -> None:
        scored = endpoints.find(header(scope, "host").split(".")[0])
        if scored is None:
            await reply(send, 404, {"error": "no such endpoint"})
            return
        token = header(scope, "authorization").removeprefix("Bearer ")
        body = {
            "name": scored.name,
            "mode": scored.auth_mode,
            "allowed": token in scored.keys or scored.token_valid(token),
            "traffic": dict(scored.traffic),
            "deployments": {n: vars(limits) for n, limits in scored.deployments.items()},
        }
        await reply(send, 200, body)

    return app


if __name__ == "__main__":
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr)
    asyncio.run(run(flags.parse(), FakeServing(), front))
