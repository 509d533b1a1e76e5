"""The front of every endpoint: authorises calls, chooses the deployment, maps status codes.

Serves the hosts `<endpoint>.<region>.inference.ml.azure.com`. The codes are Azure's own:
https://learn.microsoft.com/azure/machine-learning/how-to-troubleshoot-online-endpoints
(401, 404 no deployment with traffic, 408 timeout, 424 the model's error, 429 too many requests).
"""

import asyncio
import hmac
import time
import uuid
from collections import defaultdict
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import httpx
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from local.serving.contract import Endpoints, MirroredCall, ScoringEndpoint, Serving
from local.serving.forward import Call, Streamed, TimedOutError, UnreachableError, forward
from local.serving.gate import FullError, Gate
from local.serving.shares import SharesByEndpoint

DEPLOYMENT = "azureml-model-deployment"
MODEL_STATUS = "ms-azureml-model-error-statuscode"
# Seconds for which an idle connection to a container is kept. Its server closes one after 2 to 5 s,
# and a call on it at that moment would fail.
_IDLE_S = 1.0


def scoring_app(endpoints: Endpoints, serving: Serving) -> Starlette:
    """The ASGI app for all scoring hosts; the endpoint is the first label of the Host header."""
    front = Front(endpoints, serving)
    routes = [Route("/{path:path}", front.answer, methods=["GET", "POST"])]
    return Starlette(routes=routes, lifespan=front.open)


@dataclass
class Front:
    """Answers for the endpoints; its only state is traffic shares and running requests."""

    endpoints: Endpoints
    serving: Serving
    _traffic_shares: SharesByEndpoint = field(default_factory=SharesByEndpoint)
    _mirror_shares: SharesByEndpoint = field(default_factory=SharesByEndpoint)
    _gates: defaultdict[tuple[str, str], Gate] = field(default_factory=lambda: defaultdict(Gate))
    _copies: set[asyncio.Task[None]] = field(default_factory=set)
    _client: httpx.AsyncClient = field(
        # Loopback only, so ignore the proxy settings of this machine.
        default_factory=lambda: httpx.AsyncClient(
            trust_env=False,
            limits=httpx.Limits(
                max_connections=None, max_keepalive_connections=64, keepalive_expiry=_IDLE_S
            ),
        )
    )

    async def answer(self, request: Request) -> Response:
        """Answer one call, from authorization to the model's answer."""
        number = request.headers.get("x-request-id") or str(uuid.uuid4())
        response = await self._answer(request, number)
        response.headers["x-request-id"] = number
        return response

    @asynccontextmanager
    async def open(self, _app: Starlette) -> AsyncIterator[None]:
        """At the end, cancel mirrored copies and close the connections to the deployments."""
        try:
            yield
        finally:
            for copy in self._copies:
                copy.cancel()
            await self._client.aclose()

    async def _answer(self, request: Request, number: str) -> Response:
        scored = self.endpoints.find(request.headers.get("host", "").partition(".")[0])
        if scored is None:
            return _refusal(404, "NotFound", "There is no such endpoint.")
        if not _allowed(scored, request.headers.get("authorization", "")):
            return _refusal(401, "Unauthorized", "The key or token is missing or not valid.")
        named = request.headers.get(DEPLOYMENT)
        deployment = named or self._traffic_shares.next(
            scored.name, _serving(scored, scored.traffic)
        )
        if deployment is None or deployment not in scored.deployments:
            why = f"There is no deployment {named}." if named else "No deployment has traffic."
            return _refusal(404, "NotFound", why)
        if request.url.path == "/":
            return PlainTextResponse("Healthy", headers={DEPLOYMENT: deployment})
        call = await Call.of(request, number)
        if named is None:
            self._mirror(scored, call)
        response = await self._forward(scored, deployment, call)
        response.headers[DEPLOYMENT] = deployment
        return response

    async def _forward(self, scored: ScoringEndpoint, deployment: str, call: Call) -> Response:
        limits = scored.deployments[deployment]
        base = self.serving.url(scored.name, deployment)
        slot = self._gates[scored.name, deployment].slot(limits)
        try:
            return _wrap_model_error(
                await forward(self._client, base, call, slot, limits.timeout_s)
            )
        except FullError:
            return _refusal(429, "TooManyRequests", "Too many requests are pending.")
        except TimedOutError:
            return _refusal(408, "RequestTimeout", f"No answer within {limits.timeout_s:g} s.")
        except UnreachableError as error:
            return _model_error(_refusal(424, "ModelError", str(error)), 502, "model_unreachable")

    def _mirror(self, scored: ScoringEndpoint, call: Call) -> None:
        """Send a copy of a share of the calls to the mirror's deployment, in the background."""
        shares = _serving(scored, scored.mirror)
        rest = {"": 100 - sum(shares.values())}
        chosen = self._mirror_shares.next(scored.name, {**shares, **rest}) if shares else None
        if chosen:
            copy = asyncio.ensure_future(self._send_copy(scored, chosen, call))
            self._copies.add(copy)
            copy.add_done_callback(self._copies.discard)

    async def _send_copy(self, scored: ScoringEndpoint, deployment: str, call: Call) -> None:
        began = time.monotonic()
        response = await self._forward(scored, deployment, call)
        if isinstance(response, Streamed):
            await response.drain()
        status = response.status_code
        own = response.headers.get(MODEL_STATUS, str(status))
        spent = time.monotonic() - began
        self.endpoints.mirrored(MirroredCall(scored.name, deployment, status, own, spent))


def _serving(scored: ScoringEndpoint, shares: Mapping[str, int]) -> dict[str, int]:
    return {name: share for name, share in shares.items() if name in scored.deployments}


def _allowed(scored: ScoringEndpoint, authorization: str) -> bool:
    kind, _, secret = authorization.partition(" ")
    if kind.lower() != "bearer" or not secret:
        return False
    if scored.auth_mode == "Key":
        return any(hmac.compare_digest(secret.encode(), key.encode()) for key in scored.keys)
    return scored.token_valid(secret)


def _wrap_model_error(answer: Response) -> Response:
    """Return the model's answer; an error becomes 424 with the original status in a header."""
    if answer.status_code < 400:
        return answer
    status, answer.status_code = answer.status_code, 424
    return _model_error(answer, status, "model_error")


def _model_error(response: Response, status: int, reason: str) -> Response:
    response.headers[MODEL_STATUS] = str(status)
    response.headers["ms-azureml-model-error-reason"] = reason
    return response


def _refusal(status: int, code: str, message: str) -> Response:
    return JSONResponse({"error": {"code": code, "message": message}}, status)
