"""HTTP routes: roll an endpoint back, and resume it."""

from typing import Any

import azure.functions as func

from functions.answer import accepted_response, answer, as_json, idempotency_key, require_caller
from functions.engine import start, wake
from shared.bootstrap import ports
from shared.domain.identifiers.names import EndpointName
from shared.domain.requests.request import stamp
from shared.domain.requests.request_body import parse_decision
from shared.steps.rollback.rollback import resume, roll_back


def rollback(req: func.HttpRequest, client: Any) -> func.HttpResponse:
    return answer(lambda: _roll_back(req, client), accepts=True)


def resume_endpoint(req: func.HttpRequest, client: Any) -> func.HttpResponse:
    return answer(lambda: _resume(req, client), accepts=True)


def _roll_back(req: func.HttpRequest, client: Any) -> func.HttpResponse:
    who, world = require_caller(req, "deploy"), ports()
    back = roll_back(
        world,
        EndpointName(req.route_params["name"]),
        key=idempotency_key(req) or f"http:{stamp(world.now())}",
        reason=parse_decision(req.get_body()).reason,
        caller=who,
    )
    start(client, back.accepted)
    if back.interrupted is not None:
        wake(client, back.interrupted)
    return accepted_response(req, back.accepted)


def _resume(req: func.HttpRequest, client: Any) -> func.HttpResponse:
    who, name = require_caller(req, "deploy"), EndpointName(req.route_params["name"])
    waiting = resume(ports(), name, who)
    if waiting is not None:
        wake(client, waiting)
    return as_json(200, {"endpoint": name, "job": waiting})
