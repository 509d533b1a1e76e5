"""{region}.api.azureml.ms: what of Azure ML is not behind ARM. Its tokens are those for ARM."""

import json
from typing import Any
from urllib.parse import parse_qsl, unquote

from local import cloud
from local.azure_ml.access import Access
from local.azure_ml.asgi import Receive, Scope, Send, body_of, header, reply
from local.azure_ml.calls import Logged
from local.azure_ml.errors import ArmError, forbidden
from local.azure_ml.exchange import Answer, Call
from local.azure_ml.routing import Router
from local.azure_ml.tokens import ARM_AUDIENCES, Tokens


class RegionApi:
    """The ASGI app of the region's host; rights are those on the workspace."""

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
        await reply(send, answer.status, answer.body, answer.headers, empty=answer.empty)

    def _answer(self, scope: Scope, raw: bytes, logged: Logged | None) -> Answer:
        caller = self._tokens.principal(header(scope, "authorization"), ARM_AUDIENCES)
        body = _parsed(raw)
        if logged:
            logged.body, logged.principal = body, caller.object_id
        query = dict(parse_qsl(scope["query_string"].decode("latin-1")))
        call = Call(scope["method"], unquote(scope["path"]), query, body, caller)
        route, call = self._router.find(call)
        if route.action and not self._access.allows(
            caller.object_id, route.action, cloud.WORKSPACE_ID
        ):
            raise forbidden(call, route.action, cloud.WORKSPACE_ID)
        return route.answer(call)


def _parsed(raw: bytes) -> Any:
    try:
        return json.loads(raw) if raw else None
    except ValueError as error:
        raise ArmError(400, "UserError", f"The body is no JSON: {error}") from error
