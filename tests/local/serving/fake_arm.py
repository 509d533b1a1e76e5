"""A fake of ARM and the identity endpoint, for the runtime's connection requests."""

import asyncio
import json
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import jwt
import trustme
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from local.serving.loopback import Loopback

SECRET = "the-endpoints-own-secret"
WORKSPACE = (
    "/subscriptions/s/resourcegroups/g/providers/Microsoft.MachineLearningServices/workspaces/w"
)


@dataclass
class FakeArm:
    """Answers listsecrets for the connections it knows, once it is told that the role is there."""

    openai: str
    key: str
    granted: bool = True
    platform: dict[str, str] = field(default_factory=dict)
    calls: list[str] = field(default_factory=list)

    def secrets(self, target: str, authorization: str) -> tuple[int, dict[str, object]]:
        path, _, query = target.partition("?")
        name = path.removeprefix(f"{WORKSPACE}/connections/").removesuffix("/listsecrets")
        self.calls.append(target)
        assert query == "api-version=2023-04-01-preview"
        claims = jwt.decode(authorization.split()[1], options={"verify_signature": False})
        assert claims["sub"] == SECRET
        if not self.granted:
            return 403, {"error": {"code": "AuthorizationFailed", "message": "no role"}}
        if name != "talker":
            return 404, {"error": {"code": "NotFound", "message": f"no connection {name}"}}
        properties = {
            "authType": "ApiKey",
            "category": "OpenAI",
            "target": f"{self.openai}/v1",
            "credentials": {"key": self.key},
            "metadata": {},
        }
        return 200, {"id": path, "name": name, "type": "connections", "properties": properties}

    async def identity(self, request: Request) -> Response:
        assert request.headers["x-identity-header"] == SECRET
        resource = request.query_params["resource"]
        token = jwt.encode({"aud": resource, "sub": SECRET}, "k" * 32)
        facts = {"access_token": token, "expires_on": "4102444800", "resource": resource}
        return JSONResponse({**facts, "token_type": "Bearer"})


@asynccontextmanager
async def fake_arm(openai: str, key: str, folder: Path) -> AsyncIterator[FakeArm]:
    """The fake, reached through a CONNECT proxy and a CA of its own."""
    arm = FakeArm(openai, key)
    ca = trustme.CA()
    bundle = folder / "ca.pem"
    ca.cert_pem.write_to_path(bundle)
    tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    ca.issue_cert("management.azure.com").configure_cert(tls)

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked = await reader.readuntil(b"\r\n\r\n")
        assert asked.startswith(b"CONNECT management.azure.com:443 ")
        writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
        await writer.start_tls(tls)
        head = (await reader.readuntil(b"\r\n\r\n")).decode().splitlines()
        headers = dict(line.lower().split(": ", 1) for line in head[1:] if line)
        bearer = next(line.split(": ")[1] for line in head if line.startswith("Authorization"))
        assert head[0].startswith("POST ")
        assert headers["content-length"] == "0"
        status, body = arm.secrets(head[0].split()[1], bearer)
        said = json.dumps(body).encode()
        writer.write(
            f"HTTP/1.1 {status} X\r\nContent-Type: application/json\r\n"
            f"Content-Length: {len(said)}\r\nConnection: close\r\n\r\n".encode()
            + said
        )
        await writer.drain()
        writer.close()

    proxy = await asyncio.start_server(connected, "127.0.0.1", 0)
    identity = await Loopback.start(Starlette(routes=[Route("/token", arm.identity)]))
    arm.platform = {
        "HTTPS_PROXY": f"http://127.0.0.1:{proxy.sockets[0].getsockname()[1]}",
        "REQUESTS_CA_BUNDLE": str(bundle),
        "IDENTITY_ENDPOINT": f"{identity.url}/token",
        "IDENTITY_HEADER": SECRET,
    }
    try:
        yield arm
    finally:
        proxy.close()
        await identity.close()
