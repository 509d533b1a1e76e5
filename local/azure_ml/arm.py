"""management.azure.com: who calls, may they, and what is the answer."""

import json
import uuid
from typing import Any
from urllib.parse import parse_qsl, unquote

from local.azure_ml.access import Access
from local.azure_ml.asgi import Receive, Scope, Send, body_of, header, reply
from local.azure_ml.calls import Logged
from local.azure_ml.errors import ArmError, forbidden
from local.azure_ml.exchange import Answer, Call
from local.azure_ml.principals import Principal
from local.azure_ml.routing import Router
from local.azure_ml.tokens import ARM_AUDIENCES, Tokens


class Arm:
    """The ASGI app of ARM. Routes answer at once, so no two calls mix."""

    def __init__(self, router: Router, tokens: Tokens, access: Access) -> None:
        self._router = router
        self._tokens = tokens
        self._access = access

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        raw = await body_of(receive)
        logged: Logged | None = scope.get("logged")
        try:
            answer = self._answer(scope, raw, logged)
        except ArmError as error:
            answer = error.answer()
        headers = {"x-ms-request-id": str(uuid.uuid4()), **answer.headers}
        await reply(send, answer.status, answer.body, headers, empty=answer.empty)

    def _answer(self, scope: Scope, raw: bytes, logged: Logged | None) -> Answer:
        body = _parsed(raw)
        if logged:
            logged.body = body
        caller = self._tokens.principal(header(scope, "authorization"), ARM_AUDIENCES)
        if logged:
            logged.principal = caller.object_id
        call = _call(scope, body, caller)
        route, call = self._router.find(call)
        if route.action and not self._access.allows(caller.object_id, route.action, call.path):
            raise forbidden(call, route.action, call.path)
        return route.answer(call)


def _call(scope: Scope, body: Any, caller: Principal) -> Call:
    pairs = parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True)
    query = dict(pairs)
    if "api-version" not in query:
        message = "The api-version query parameter (?api-version=) is required for all requests."
        raise ArmError(400, "MissingApiVersionParameter", message)
    path = unquote(scope["path"]).rstrip("/")
    # azure-mgmt-authorization writes '//' where a scope begins with a slash; ARM takes it.
    return Call(scope["method"], "/" + path.lstrip("/"), query, body, caller)


def _parsed(raw: bytes) -> Any:
    if not raw:
        return None
    try:
        return json.loads(raw)
    except ValueError as error:
        message = f"The request content was invalid and could not be deserialized: '{error}'."
        raise ArmError(400, "InvalidRequestContent", message) from error
