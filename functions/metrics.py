"""HTTP route: the metrics of an endpoint."""

import azure.durable_functions as df
import azure.functions as func

from functions.answer import answer, found_or_404, require_caller
from shared.bootstrap import ports
from shared.domain.identifiers.names import EndpointName
from shared.steps.views.metrics import read_metrics

blueprint = df.Blueprint(http_auth_level=func.AuthLevel.FUNCTION)


@blueprint.route(route="endpoints/{name}/metrics", methods=["GET"])
def metrics(req: func.HttpRequest) -> func.HttpResponse:
    """Azure Monitor's metrics and the flow's own, of the last `minutes` (default 60)."""
    return answer(lambda: _metrics(req))


def _metrics(req: func.HttpRequest) -> func.HttpResponse:
    require_caller(req, "look")
    name = EndpointName(req.route_params["name"])
    found = read_metrics(ports(), name, req.params.get("minutes"))
    return found_or_404(found, f"There is no endpoint '{name}'")
