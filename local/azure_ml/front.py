"""What ARM and the region's own host have in common: who calls, may they, what is the answer."""

import asyncio
import json
import uuid
from typing import Any

from local.azure_ml.access import Access
from local.azure_ml.asgi import Receive, Scope, Send, body_of, header, reply
from local.azure_ml.calls import Logged
from local.azure_ml.errors import ArmError, forbidden
from local.azure_ml.exchange import Answer, Call
from local.azure_ml.principals import Principal
from local.azure_ml.routing import Router
from local.azure_ml.tokens import ARM_AUDIENCES, Tokens


class Front:
    """An ASGI app over routes that answer at once, so that no two calls mix.

    A host says how it reads a call and which scope a right must be held at.
    """

    unreadable = ("InvalidRequestContent", "The request content could not be deserialized")

    def __init__(self, router: Router, tokens: Tokens, access: Access) -> None:
        self._router = router
        self._tokens = tokens
        self._access = access

    def call(self, scope: Scope, body: Any, caller: Principal) -> Call:
        """The call as routes take it. Raises ArmError."""
        raise NotImplementedError

    def guarded(self, call: Call) -> str:
        """The scope at which the caller must hold the route's right."""
        raise NotImplementedError

    def sent(self, call: Call, answer: Answer) -> Answer:
        """What is sent of a route's answer."""
        del call
        return answer

    def pause(self, scope: Scope) -> float:
        """Seconds until a call is answered, which is carried out at once."""
        del scope
        return 0.0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        raw = await body_of(receive)
        logged: Logged | None = scope.get("logged")
        try:
            answer = self._answer(scope, raw, logged)
        except ArmError as error:
            answer = error.answer()
        await asyncio.sleep(self.pause(scope))
        headers = {"x-ms-request-id": str(uuid.uuid4()), **answer.headers}
        await reply(send, answer.status, answer.body, headers, empty=answer.empty)

    def _answer(self, scope: Scope, raw: bytes, logged: Logged | None) -> Answer:
        body = self._parsed(raw)
        if logged:
            logged.body = body
        caller = self._tokens.principal(header(scope, "authorization"), ARM_AUDIENCES)
        if logged:
            logged.principal = caller.object_id
        route, call = self._router.find(self.call(scope, body, caller))
        guarded = self.guarded(call)
        if route.action and not self._access.allows(caller.object_id, route.action, guarded):
            raise forbidden(call, route.action, guarded)
        return self.sent(call, route.answer(call))

    def _parsed(self, raw: bytes) -> Any:
        try:
            return json.loads(raw) if raw else None
        except ValueError as error:
            code, message = self.unreadable
            raise ArmError(400, code, f"{message}: '{error}'.") from error
