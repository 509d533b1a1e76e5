"""management.azure.com."""

from typing import Any
from urllib.parse import parse_qsl, unquote

from local.azure_ml.asgi import Scope
from local.azure_ml.errors import ArmError
from local.azure_ml.exchange import Call
from local.azure_ml.front import Front
from local.azure_ml.principals import Principal


class Arm(Front):
    """The ASGI app of ARM; a right must be held at the resource or above it."""

    def call(self, scope: Scope, body: Any, caller: Principal) -> Call:
        pairs = parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True)
        query = dict(pairs)
        if "api-version" not in query:
            message = (
                "The api-version query parameter (?api-version=) is required for all requests."
            )
            raise ArmError(400, "MissingApiVersionParameter", message)
        path = unquote(scope["path"]).rstrip("/")
        # azure-mgmt-authorization writes '//' where a scope begins with a slash; ARM takes it.
        return Call(scope["method"], "/" + path.lstrip("/"), query, body, caller)

    def guarded(self, call: Call) -> str:
        return call.path
