"""The app's HTTP routes, called in this process as the host calls them."""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any
from urllib.parse import parse_qsl

import azure.functions as func
from azure.functions.decorators.http import HttpTrigger

import function_app
from local.functions_host.web.dots import remove_dot_segments
from local.functions_host.web.template import compile_template


@cache
def app_functions() -> Sequence[Any]:
    """Return the app's functions; the app lists them only once."""
    return list(function_app.app.get_functions())


class FakeHost:
    """Routes as the local host reads them; `client` replaces the Durable client."""

    def __init__(self, client: Any) -> None:
        self._client = client
        self._routes = sorted(
            (
                (compile_template(f"api/{trigger.route}"), trigger, each)
                for each in app_functions()
                if isinstance(trigger := each.get_trigger(), HttpTrigger) and trigger.route
            ),
            key=lambda route: route[0].precedence,
        )

    def ask(
        self, method: str, path: str, body: bytes = b"", headers: Mapping[str, str] | None = None
    ) -> func.HttpResponse:
        """Call a path below `/api/`, percent-encoded, with its query."""
        bare, _, query = path.partition("?")
        for template, trigger, function in self._routes:
            given = template.match(remove_dot_segments(f"/api/{bare}"))
            methods = {str(it.value) for it in trigger.methods or ()}
            if given is None or method not in methods:
                continue
            call = function.get_user_function()
            asked = func.HttpRequest(
                method=method,
                url=f"https://sluice.example/api/{path}",
                headers=dict(headers or {}),
                params=dict(parse_qsl(query)),
                route_params=given,
                body=body,
            )
            inner = getattr(call, "__wrapped__", None)
            answer: func.HttpResponse = inner(asked, self._client) if inner else call(asked)
            return answer
        return func.HttpResponse(status_code=404)
