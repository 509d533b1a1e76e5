"""management.azure.com."""

from dataclasses import replace
from typing import Any
from urllib.parse import parse_qsl, unquote

from local.azure_ml import api_versions
from local.azure_ml.access import Access
from local.azure_ml.asgi import Scope
from local.azure_ml.errors import ArmError
from local.azure_ml.exchange import Answer, Call
from local.azure_ml.front import Front
from local.azure_ml.paging import cut_page
from local.azure_ml.principals import Principal
from local.azure_ml.request_limits import RequestLimits
from local.azure_ml.routing import Router
from local.azure_ml.settings import Settings
from local.azure_ml.tokens import Tokens


class Arm(Front):
    """The ASGI app of ARM; the caller needs the right at the resource or above it."""

    def __init__(self, router: Router, tokens: Tokens, access: Access, settings: Settings) -> None:
        super().__init__(router, tokens, access)
        self._settings = settings
        self._limits = RequestLimits(settings)

    def call(self, scope: Scope, body: Any, caller: Principal) -> Call:
        self._limits.count(caller.object_id, scope["method"])
        pairs = parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True)
        query = dict(pairs)
        if "api-version" not in query:
            message = (
                "The api-version query parameter (?api-version=) is required for all requests."
            )
            raise ArmError(400, "MissingApiVersionParameter", message)
        path = unquote(scope["path"]).rstrip("/")
        # azure-mgmt-authorization writes '//' where a scope begins with a slash; ARM takes it.
        path = "/" + path.lstrip("/")
        api_versions.check(path, query["api-version"])
        return Call(scope["method"], path, query, body, caller)

    def permission_scope(self, call: Call) -> str:
        return call.path

    def finish(self, call: Call, answer: Answer) -> Answer:
        counted = self._limits.headers(call.caller.object_id, call.method)
        answer = replace(answer, headers={**answer.headers, **counted})
        return cut_page(call, answer, self._settings) if answer.is_list else answer

    def delay(self, scope: Scope) -> float:
        slow = scope["method"] == "PUT" and "/onlineendpoints/" in scope["path"].lower()
        return self._settings.put_seconds if slow else 0.0
