"""HTTP routes: list, view, call and delete endpoints."""

from collections.abc import Callable
from typing import Any

import azure.functions as func

from functions.answer import (
    accepted_response,
    answer,
    as_json,
    as_seen,
    found_or_404,
    idempotency_key,
    require_caller,
    switch,
)
from functions.engine import take
from shared.bootstrap import ports
from shared.domain.access.caller import Caller
from shared.domain.identifiers.names import DeploymentName, EndpointName
from shared.domain.parsing.text import WrongName
from shared.domain.requests.request import stamp
from shared.domain.requests.request_body import parse_question
from shared.domain.requests.source import RemovalSource
from shared.ports import Ports
from shared.steps.remove.removal import accept_removal
from shared.steps.views.consume import describe_consume
from shared.steps.views.endpoints import describe_endpoint, list_endpoints
from shared.steps.views.question import SECONDS, ask_endpoint
from shared.steps.views.retirement import list_retiring

# It lists the deployments of every endpoint of the workspace.
_RETIREMENT_SECONDS = 30.0
# Azure is asked before for the endpoint and its key.
_INVOKE_SECONDS = SECONDS + 20.0


def endpoints(req: func.HttpRequest) -> func.HttpResponse:
    return answer(lambda: as_seen(req, _list(req)))


def retirement(req: func.HttpRequest) -> func.HttpResponse:
    return answer(lambda: as_seen(req, _retiring(req)), seconds=_RETIREMENT_SECONDS)


def endpoint(req: func.HttpRequest) -> func.HttpResponse:
    return answer(lambda: as_seen(req, _view(describe_endpoint, req)))


def consume(req: func.HttpRequest) -> func.HttpResponse:
    return answer(lambda: _view(describe_consume, req))


def invoke(req: func.HttpRequest) -> func.HttpResponse:
    return answer(lambda: _invoke(req), seconds=_INVOKE_SECONDS)


def delete_endpoint(req: func.HttpRequest, client: Any) -> func.HttpResponse:
    return answer(lambda: _remove_all(req, client), accepts=True)


def delete_deployment(req: func.HttpRequest, client: Any) -> func.HttpResponse:
    return answer(lambda: _remove_one(req, client), accepts=True)


def _list(req: func.HttpRequest) -> func.HttpResponse:
    require_caller(req, "look")
    return as_json(200, {"endpoints": list_endpoints(ports())})


def _retiring(req: func.HttpRequest) -> func.HttpResponse:
    require_caller(req, "look")
    return as_json(200, list_retiring(ports()))


def _view(read: Callable[[Ports, EndpointName], Any], req: func.HttpRequest) -> func.HttpResponse:
    require_caller(req, "look")
    name = EndpointName(req.route_params["name"])
    return found_or_404(read(ports(), name), f"There is no endpoint '{name}'")


def _invoke(req: func.HttpRequest) -> func.HttpResponse:
    who, name = require_caller(req, "deploy"), EndpointName(req.route_params["name"])
    asked = req.params.get("deployment")
    deployment = None if asked is None else DeploymentName(asked)
    told = ask_endpoint(ports(), name, parse_question(req.get_body()), deployment, who)
    return found_or_404(told, f"There is no endpoint '{name}'")


def _remove_all(req: func.HttpRequest, client: Any) -> func.HttpResponse:
    """Delete a whole endpoint. Raises WrongName unless `confirm` repeats its name.

    A web server turns `/endpoints/x/deployments/..` into `/endpoints/x` before the app sees it, so
    the path alone must not be enough.
    """
    who, name = require_caller(req, "delete"), EndpointName(req.route_params["name"])
    if req.params.get("confirm", "").lower() != name:
        cause = f"This would delete all of endpoint '{name}', and it is not confirmed"
        raise WrongName(cause, f"Send DELETE /api/endpoints/{name}?confirm={name}")
    return _remove(req, client, who, None)


def _remove_one(req: func.HttpRequest, client: Any) -> func.HttpResponse:
    who = require_caller(req, "delete")
    return _remove(req, client, who, DeploymentName(req.route_params["deployment"]))


def _remove(
    req: func.HttpRequest, client: Any, who: Caller, deployment: DeploymentName | None
) -> func.HttpResponse:
    world, endpoint = ports(), EndpointName(req.route_params["name"])
    source = RemovalSource(
        endpoint=endpoint,
        deployment=deployment,
        force=switch(req, "force"),
        key=idempotency_key(req) or f"http:{stamp(world.now())}",
    )
    accepted = take(
        client,
        world.telemetry,
        "HTTP",
        lambda: accept_removal(world, source, door="http", caller=who),
    )
    return accepted_response(req, accepted)
