"""{region}.api.azureml.ms: the part of Azure ML outside ARM. It takes tokens for ARM."""

from typing import Any
from urllib.parse import parse_qsl, unquote

from local import cloud
from local.azure_ml.asgi import Scope
from local.azure_ml.exchange import Call
from local.azure_ml.front import Front
from local.azure_ml.principals import Principal


class RegionApi(Front):
    """The ASGI app of the region's host; rights are those on the workspace."""

    invalid_body = ("UserError", "The body is not valid JSON")

    def call(self, scope: Scope, body: Any, caller: Principal) -> Call:
        query = dict(parse_qsl(scope["query_string"].decode("latin-1")))
        return Call(scope["method"], unquote(scope["path"]), query, body, caller)

    def permission_scope(self, call: Call) -> str:
        del call
        return cloud.WORKSPACE_ID
