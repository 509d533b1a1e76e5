"""The front of every endpoint: who may call, which deployment answers, and with which code.

Serves the hosts `<endpoint>.<region>.inference.ml.azure.com`. The codes are Azure's own:
https://learn.microsoft.com/azure/machine-learning/how-to-troubleshoot-online-endpoints
(401, 404 no deployment with traffic, 408 timeout, 424 the model's error, 429 too many requests).
"""

import asyncio
import hmac
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

from local.serving.contract import Endpoints, ScoringEndpoint, Serving
from local.serving.forward import Call, Streamed, TimedOutError, UnreachableError, forward
from local.serving.gate import FullError, Gate
from local.serving.shares import Counted

DEPLOYMENT = "azureml-model-deployment"


def scoring_app(endpoints: Endpoints, serving: Serving) -> Starlette:
    """The ASGI app for all scoring hosts; the endpoint is the first label of the Host header."""
    front = Front(endpoints, serving)
    routes = [Route("/{path:path}", front.answer, methods=["GET", "POST"])]
    return Starlette(routes=routes, lifespan=front.open)


@dataclass
class Front:
    """Answers for the endpoints; it remembers only whose turn it is and who is being served."""

    endpoints: Endpoints
    serving: Serving
    _counted: Counted = field(default_factory=Counted)
    _mirrored: Counted = field(default_factory=Counted)
    _gates: defaultdict[tuple[str, str], Gate] = field(default_factory=lambda: defaultdict(Gate))
    _copies: set[asyncio.Task[None]] = field(default_factory=set)
    _client: httpx.AsyncClient = field(
        # Loopback only: no proxy of this machine's has a part in it.
        default_factory=lambda: httpx.AsyncClient(
            trust_env=False, limits=httpx.Limits(max_connections=None, max_keepalive_connections=64)
        )
    )

    async def answer(self, request: Request) -> Response:
        """One call, from authorization to the model's answer."""
        number = request.headers.get("x-request-id") or str(uuid.uuid4())
        response = await self._answer(request, number)
        response.headers["x-request-id"] = number
        return response

    @asynccontextmanager
    async def open(self, _app: Starlette) -> AsyncIterator[None]:
        """At its end, drop what is still being copied and the connections to the deployments."""
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
        deployment = named or self._counted.next(scored.name, _serving(scored, scored.traffic))
        if deployment is None or deployment not in scored.deployments:
            why = f"There is no deployment {named}." if named else "No deployment has traffic."
            return _refusal(404, "NotFound", why)
        if request.url.path == "/":
            return PlainTextResponse("Healthy", headers={DEPLOYMENT: deployment})
        call = await Call.of(request, number)
        if named is None:
            self._mirror(scored, call)
        response = await self._served(scored, deployment, call)
        response.headers[DEPLOYMENT] = deployment
        return response

    async def _served(self, scored: ScoringEndpoint, deployment: str, call: Call) -> Response:
        limits = scored.deployments[deployment]
        base = self.serving.url(scored.name, deployment)
        slot = self._gates[scored.name, deployment].slot(limits)
        try:
            return _as_azure(await forward(self._client, base, call, slot, limits.timeout_s))
        except FullError:
            return _refusal(429, "TooManyRequests", "Too many requests are pending.")
        except TimedOutError:
            return _refusal(408, "RequestTimeout", f"No answer within {limits.timeout_s:g} s.")
        except UnreachableError as error:
            return _model_error(_refusal(424, "ModelError", str(error)), 502, "model_unreachable")

    def _mirror(self, scored: ScoringEndpoint, call: Call) -> None:
        """Send a copy to the mirror's deployment, for its share of the calls; nobody waits."""
        shares = _serving(scored, scored.mirror)
        rest = {"": 100 - sum(shares.values())}
        chosen = self._mirrored.next(scored.name, {**shares, **rest}) if shares else None
        if chosen:
            copy = asyncio.ensure_future(self._copied(scored, chosen, call))
            self._copies.add(copy)
            copy.add_done_callback(self._copies.discard)

    async def _copied(self, scored: ScoringEndpoint, deployment: str, call: Call) -> None:
        response = await self._served(scored, deployment, call)
        if isinstance(response, Streamed):
            await response.drain()


def _serving(scored: ScoringEndpoint, shares: Mapping[str, int]) -> dict[str, int]:
    return {name: share for name, share in shares.items() if name in scored.deployments}


def _allowed(scored: ScoringEndpoint, authorization: str) -> bool:
    kind, _, secret = authorization.partition(" ")
    if kind.lower() != "bearer" or not secret:
        return False
    if scored.auth_mode == "Key":
        return any(hmac.compare_digest(secret.encode(), key.encode()) for key in scored.keys)
    return scored.token_valid(secret)


def _as_azure(answer: Response) -> Response:
    """The model's answer; anything but a success becomes a 424 that says what it was."""
    if answer.status_code < 400:
        return answer
    status, answer.status_code = answer.status_code, 424
    return _model_error(answer, status, "model_error")


def _model_error(response: Response, status: int, reason: str) -> Response:
    response.headers["ms-azureml-model-error-statuscode"] = str(status)
    response.headers["ms-azureml-model-error-reason"] = reason
    return response


def _refusal(status: int, code: str, message: str) -> Response:
    return JSONResponse({"error": {"code": code, "message": message}}, status)
