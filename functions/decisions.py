"""HTTP routes: what a person decides about a job that runs, and the retry of one that has ended."""

from typing import Any

import azure.functions as func

from functions.answer import (
    accepted_response,
    answer,
    as_json,
    idempotency_key,
    problem,
    require_caller,
)
from functions.engine import take, wake
from shared.bootstrap import ports
from shared.domain.how_to import no_job
from shared.domain.identifiers.ids import JobId
from shared.domain.jobs.decision import DECISIONS
from shared.domain.requests.request_body import parse_decision
from shared.steps.decisions.decide import decide
from shared.steps.decisions.retry import retry


def decision(req: func.HttpRequest, client: Any) -> func.HttpResponse:
    return answer(lambda: _decide(req, client), accepts=True)


def retry_job(req: func.HttpRequest, client: Any) -> func.HttpResponse:
    return answer(lambda: _retry(req, client), accepts=True)


def _retry(req: func.HttpRequest, client: Any) -> func.HttpResponse:
    who, job = require_caller(req, "deploy"), JobId(req.route_params["job"])
    world, key = ports(), idempotency_key(req)
    accepted = take(client, world.telemetry, "HTTP", lambda: retry(world, job, key=key, caller=who))
    if accepted is None:
        return problem(404, no_job(job))
    return accepted_response(req, accepted)


def _decide(req: func.HttpRequest, client: Any) -> func.HttpResponse:
    who = require_caller(req, "deploy")
    word, job = req.route_params["decision"], JobId(req.route_params["job"])
    kind = next((it for it in DECISIONS if it == word), None)
    if kind is None:
        return problem(404, f"A job can be told to {', '.join(DECISIONS)}; not '{word[:40]}'")
    reason = parse_decision(req.get_body()).reason
    made = decide(ports(), job, kind, reason=reason, caller=who)
    if made is None:
        return problem(404, no_job(job))
    wake(client, job)
    return as_json(202, {"job": job, "decision": made.model_dump()})
