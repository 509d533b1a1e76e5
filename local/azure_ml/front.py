"""Common base of ARM and the region's own host: authenticate, authorise, route, answer."""

import asyncio
import json
import uuid
from typing import Any

from local.azure_ml.access import Access
from local.azure_ml.asgi import Receive, Scope, Send, body_of, header, reply
from local.azure_ml.calls import LoggedCall
from local.azure_ml.errors import ArmError, forbidden
from local.azure_ml.exchange import Answer, Call
from local.azure_ml.principals import Principal
from local.azure_ml.routing import Router
from local.azure_ml.tokens import ARM_AUDIENCES, Tokens


class Front:
    """An ASGI app over synchronous routes, so that calls never interleave.

    A subclass says how to read a call and at which scope the caller needs the right.
    """

    invalid_body = ("InvalidRequestContent", "The request content could not be deserialized")

    def __init__(self, router: Router, tokens: Tokens, access: Access) -> None:
        self._router = router
        self._tokens = tokens
        self._access = access

    def call(self, scope: Scope, body: Any, caller: Principal) -> Call:
        """Build the call for the routes. Raises ArmError."""
        raise NotImplementedError

    def permission_scope(self, call: Call) -> str:
        """Return the scope at which the caller must hold the route's right."""
        raise NotImplementedError

    def finish(self, call: Call, answer: Answer) -> Answer:
        """Adapt a route's answer before it is sent."""
        del call
        return answer

    def delay(self, scope: Scope) -> float:
        """Seconds to wait before the answer; the call itself is carried out at once."""
        del scope
        return 0.0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        raw = await body_of(receive)
        logged: LoggedCall | None = scope.get("logged")
        try:
            answer = self._answer(scope, raw, logged)
        except ArmError as error:
            answer = error.answer()
        await asyncio.sleep(self.delay(scope))
        headers = {"x-ms-request-id": str(uuid.uuid4()), **answer.headers}
        await reply(send, answer.status, answer.body, headers, empty=answer.empty)

    def _answer(self, scope: Scope, raw: bytes, logged: LoggedCall | None) -> Answer:
        body = self._parse(raw)
        if logged:
            logged.body = body
        caller = self._tokens.principal(header(scope, "authorization"), ARM_AUDIENCES)
        if logged:
            logged.principal = caller.object_id
        route, call = self._router.find(self.call(scope, body, caller))
        needed_at = self.permission_scope(call)
        if route.action and not self._access.allows(caller.object_id, route.action, needed_at):
            raise forbidden(call, route.action, needed_at)
        return self.finish(call, route.answer(call))

    def _parse(self, raw: bytes) -> Any:
        try:
            return json.loads(raw) if raw else None
        except ValueError as error:
            code, message = self.invalid_body
            raise ArmError(400, code, f"{message}: '{error}'.") from error
