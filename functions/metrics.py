"""HTTP route: the metrics of an endpoint."""

import azure.functions as func

from functions.answer import answer, found_or_404, require_caller
from shared.bootstrap import ports
from shared.domain.identifiers.names import EndpointName
from shared.steps.views.metrics import read_metrics


def metrics(req: func.HttpRequest) -> func.HttpResponse:
    return answer(lambda: _metrics(req))


def _metrics(req: func.HttpRequest) -> func.HttpResponse:
    require_caller(req, "look")
    name = EndpointName(req.route_params["name"])
    found = read_metrics(ports(), name, req.params.get("minutes"))
    return found_or_404(found, f"There is no endpoint '{name}'")
