"""What an endpoint does, in figures."""

import azure.durable_functions as df
import azure.functions as func

from functions.answer import answer, shown
from shared.bootstrap import ports
from shared.steps.metrics_shown import metrics_shown

blueprint = df.Blueprint(http_auth_level=func.AuthLevel.FUNCTION)


@blueprint.route(route="endpoints/{name}/metrics", methods=["GET"])
def metrics(req: func.HttpRequest) -> func.HttpResponse:
    """Azure Monitor's metrics and the flow's own, of the last `minutes` (60)."""
    name = req.route_params["name"]
    minutes = req.params.get("minutes")
    return answer(
        lambda: shown(metrics_shown(ports(), name, minutes), f"There is no endpoint '{name}'")
    )
