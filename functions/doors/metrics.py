"""HTTP route: the metrics of an endpoint."""

import azure.durable_functions as df
import azure.functions as func

blueprint = df.Blueprint()


@blueprint.route(route="endpoints/{name}/metrics", methods=["GET"])
def metrics(req: func.HttpRequest) -> func.HttpResponse:
    """Azure Monitor's metrics and the flow's own, of the last `minutes` (default 60)."""
    from functions import metrics

    return metrics.metrics(req)
