"""HTTP route: what a deployment would do, without doing it."""

import azure.durable_functions as df
import azure.functions as func

blueprint = df.Blueprint()


@blueprint.route(route="plan", methods=["POST"])
def plan(req: func.HttpRequest) -> func.HttpResponse:
    """Preview a deployment of a blob, folder, run or revision, or of the zip in the body."""
    from functions import preview

    return preview.plan(req)
