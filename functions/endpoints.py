"""Endpoints: looking at them, calling them, deleting them."""

from typing import Any

import azure.durable_functions as df
import azure.functions as func

from functions.answer import answer, as_json, begun, caller, key_of, shown
from functions.engine import start
from shared.bootstrap import ports
from shared.domain.job import RemovalSource, stamp
from shared.steps.consume import consume_shown
from shared.steps.endpoints_shown import endpoint_shown, endpoints_shown
from shared.steps.removal import accept_removal

blueprint = df.Blueprint(http_auth_level=func.AuthLevel.FUNCTION)


@blueprint.route(route="endpoints", methods=["GET"])
def endpoints(req: func.HttpRequest) -> func.HttpResponse:
    """Every endpoint of the workspace."""
    del req
    return answer(lambda: as_json(200, {"endpoints": endpoints_shown(ports())}))


@blueprint.route(route="endpoints/{name}", methods=["GET"])
def endpoint(req: func.HttpRequest) -> func.HttpResponse:
    """One endpoint: what there is, what was asked for, and how they differ."""
    name = req.route_params["name"]
    return answer(lambda: shown(endpoint_shown(ports(), name), f"There is no endpoint '{name}'"))


@blueprint.route(route="endpoints/{name}/consume", methods=["GET"])
def consume(req: func.HttpRequest) -> func.HttpResponse:
    """How to call it."""
    name = req.route_params["name"]
    return answer(lambda: shown(consume_shown(ports(), name), f"There is no endpoint '{name}'"))


@blueprint.route(route="endpoints/{name}", methods=["DELETE"])
@blueprint.durable_client_input(client_name="client")
def delete_endpoint(req: func.HttpRequest, client: Any) -> func.HttpResponse:
    """Delete it, with all that is behind it."""
    return answer(lambda: _remove(req, client))


@blueprint.route(route="endpoints/{name}/deployments/{deployment}", methods=["DELETE"])
@blueprint.durable_client_input(client_name="client")
def delete_deployment(req: func.HttpRequest, client: Any) -> func.HttpResponse:
    """Delete one deployment, which must have no traffic."""
    return answer(lambda: _remove(req, client))


def _remove(req: func.HttpRequest, client: Any) -> func.HttpResponse:
    world = ports()
    source = RemovalSource(
        endpoint=req.route_params["name"],
        deployment=req.route_params.get("deployment"),
        force=req.params.get("force", "").lower() == "true",
        key=key_of(req) or f"http:{stamp(world.now())}",
    )
    accepted = accept_removal(world, source, door="http", by=caller(req))
    start(client, accepted)
    return begun(req, accepted)
