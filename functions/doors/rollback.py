"""HTTP routes: roll an endpoint back, and resume it."""

from typing import Any

import azure.durable_functions as df
import azure.functions as func

blueprint = df.Blueprint()


@blueprint.route(route="endpoints/{name}/rollback", methods=["POST"])
@blueprint.durable_client_input(client_name="client")
def rollback(req: func.HttpRequest, client: Any) -> func.HttpResponse:
    """Put the previous good release back, and hold the endpoint."""
    from functions import rollback

    return rollback.rollback(req, client)


@blueprint.route(route="endpoints/{name}/resume", methods=["POST"])
@blueprint.durable_client_input(client_name="client")
def resume_endpoint(req: func.HttpRequest, client: Any) -> func.HttpResponse:
    """End the hold: the newest waiting job goes on."""
    from functions import rollback

    return rollback.resume_endpoint(req, client)
