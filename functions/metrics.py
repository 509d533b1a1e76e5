"""What an endpoint does, in figures."""

import azure.durable_functions as df
import azure.functions as func

from functions.answer import answer, caller, shown
from shared.bootstrap import ports
from shared.domain.identifiers.names import EndpointName
from shared.steps.views.metrics import metrics_shown

blueprint = df.Blueprint(http_auth_level=func.AuthLevel.FUNCTION)


@blueprint.route(route="endpoints/{name}/metrics", methods=["GET"])
def metrics(req: func.HttpRequest) -> func.HttpResponse:
    """Azure Monitor's metrics and the flow's own, of the last `minutes` (60)."""
    return answer(lambda: _metrics(req))


def _metrics(req: func.HttpRequest) -> func.HttpResponse:
    caller(req, "look")
    name = EndpointName(req.route_params["name"])
    found = metrics_shown(ports(), name, req.params.get("minutes"))
    return shown(found, f"There is no endpoint '{name}'")
