"""Endpoints: looking at them, calling them, deleting them."""

from collections.abc import Callable
from typing import Any

import azure.durable_functions as df
import azure.functions as func

from functions.answer import answer, as_json, begun, caller, key_of, shown
from functions.engine import start
from shared.bootstrap import ports
from shared.domain.identifiers.names import DeploymentName, EndpointName
from shared.domain.parsing.text import WrongName, quoted
from shared.domain.requests.request import RemovalSource, stamp
from shared.ports import Ports
from shared.steps.remove.removal import accept_removal
from shared.steps.views.consume import consume_shown
from shared.steps.views.endpoints import endpoint_shown, endpoints_shown

blueprint = df.Blueprint(http_auth_level=func.AuthLevel.FUNCTION)


@blueprint.route(route="endpoints", methods=["GET"])
def endpoints(req: func.HttpRequest) -> func.HttpResponse:
    """Every endpoint of the workspace."""
    return answer(lambda: _list(req))


@blueprint.route(route="endpoints/{name}", methods=["GET"])
def endpoint(req: func.HttpRequest) -> func.HttpResponse:
    """One endpoint: what there is, what was asked for, and how they differ."""
    return answer(lambda: _about(endpoint_shown, req))


@blueprint.route(route="endpoints/{name}/consume", methods=["GET"])
def consume(req: func.HttpRequest) -> func.HttpResponse:
    """How to call it."""
    return answer(lambda: _about(consume_shown, req))


@blueprint.route(route="endpoints/{name}", methods=["DELETE"])
@blueprint.durable_client_input(client_name="client")
def delete_endpoint(req: func.HttpRequest, client: Any) -> func.HttpResponse:
    """Delete it, with all that is behind it; `confirm` repeats its name."""
    return answer(lambda: _remove_all(req, client))


@blueprint.route(route="endpoints/{name}/deployments/{deployment}", methods=["DELETE"])
@blueprint.durable_client_input(client_name="client")
def delete_deployment(req: func.HttpRequest, client: Any) -> func.HttpResponse:
    """Delete one deployment, which must have no traffic."""
    return answer(lambda: _remove(req, client, DeploymentName(req.route_params["deployment"])))


def _list(req: func.HttpRequest) -> func.HttpResponse:
    caller(req, "look")
    return as_json(200, {"endpoints": endpoints_shown(ports())})


def _about(look: Callable[[Ports, EndpointName], Any], req: func.HttpRequest) -> func.HttpResponse:
    caller(req, "look")
    name = EndpointName(req.route_params["name"])
    return shown(look(ports(), name), f"There is no endpoint '{name}'")


def _remove_all(req: func.HttpRequest, client: Any) -> func.HttpResponse:
    """A web server takes `/endpoints/x/deployments/..` for `/endpoints/x` before anybody sees it.

    So deleting all of an endpoint wants its name twice. Raises WrongName.
    """
    name = EndpointName(req.route_params["name"])
    if req.params.get("confirm", "").lower() != name:
        cause = f"All of endpoint '{name}' would be deleted, and nothing confirms it"
        raise WrongName(cause, f"Ask for DELETE /api/endpoints/{name}?confirm={name}")
    return _remove(req, client, None)


def _remove(
    req: func.HttpRequest, client: Any, deployment: DeploymentName | None
) -> func.HttpResponse:
    who = caller(req, "delete")
    world, endpoint = ports(), EndpointName(req.route_params["name"])
    source = RemovalSource(
        endpoint=endpoint,
        deployment=deployment,
        force=_said(req, "force"),
        key=key_of(req) or f"http:{stamp(world.now())}",
    )
    accepted = accept_removal(world, source, door="http", caller=who)
    start(client, accepted)
    return begun(req, accepted)


def _said(req: func.HttpRequest, switch: str) -> bool:
    value = str(req.params.get(switch, "false")).lower()
    if value not in {"true", "false"}:
        raise WrongName(f"'{switch}' is {quoted(value)}", "Say true or false")
    return value == "true"
