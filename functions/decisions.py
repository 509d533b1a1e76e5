"""HTTP routes: what a person decides about a job."""

from typing import Any

import azure.durable_functions as df
import azure.functions as func

from functions.answer import answer, as_json, problem, require_caller
from functions.engine import wake
from shared.bootstrap import ports
from shared.domain.identifiers.ids import JobId
from shared.domain.jobs.decision import DECISIONS
from shared.domain.requests.request_body import parse_decision
from shared.steps.decisions.decide import CannotDecide, decide

blueprint = df.Blueprint(http_auth_level=func.AuthLevel.FUNCTION)


@blueprint.route(route="jobs/{job}/{decision}", methods=["POST"])
@blueprint.durable_client_input(client_name="client")
def decision(req: func.HttpRequest, client: Any) -> func.HttpResponse:
    """Cancel, approve, reject, promote or abort a job."""
    return answer(lambda: _decide(req, client), accepts=True)


def _decide(req: func.HttpRequest, client: Any) -> func.HttpResponse:
    who = require_caller(req, "deploy")
    word, job = req.route_params["decision"], JobId(req.route_params["job"])
    kind = next((it for it in DECISIONS if it == word), None)
    if kind is None:
        return problem(404, f"A job can be told to {', '.join(DECISIONS)}; not '{word[:40]}'")
    reason = parse_decision(req.get_body()).reason
    try:
        made = decide(ports(), job, kind, reason=reason, caller=who)
    except CannotDecide as cannot:
        return problem(409, str(cannot))
    if made is None:
        return problem(404, f"There is no job '{job}'")
    wake(client, job)
    return as_json(202, {"job": job, "decision": made.model_dump()})
