"""HTTP routes: list, view, call and delete endpoints."""

from typing import Any

import azure.durable_functions as df
import azure.functions as func

blueprint = df.Blueprint()


@blueprint.route(route="endpoints", methods=["GET"])
def endpoints(req: func.HttpRequest) -> func.HttpResponse:
    """Every endpoint of the workspace."""
    from functions import endpoints

    return endpoints.endpoints(req)


@blueprint.route(route="retirement", methods=["GET"])
def retirement(req: func.HttpRequest) -> func.HttpResponse:
    """Every deployment of the workspace that runs a retired image or prompt flow."""
    from functions import endpoints

    return endpoints.retirement(req)


@blueprint.route(route="endpoints/{name}", methods=["GET"])
def endpoint(req: func.HttpRequest) -> func.HttpResponse:
    """One endpoint: its state, its releases, and how it differs from the last one."""
    from functions import endpoints

    return endpoints.endpoint(req)


@blueprint.route(route="endpoints/{name}/consume", methods=["GET"])
def consume(req: func.HttpRequest) -> func.HttpResponse:
    """How to call an endpoint."""
    from functions import endpoints

    return endpoints.consume(req)


@blueprint.route(route="endpoints/{name}/invoke", methods=["POST"])
def invoke(req: func.HttpRequest) -> func.HttpResponse:
    """Ask an endpoint, or one deployment behind it, for a caller without its key."""
    from functions import endpoints

    return endpoints.invoke(req)


@blueprint.route(route="endpoints/{name}", methods=["DELETE"])
@blueprint.durable_client_input(client_name="client")
def delete_endpoint(req: func.HttpRequest, client: Any) -> func.HttpResponse:
    """Delete an endpoint with all its deployments; `confirm` repeats its name."""
    from functions import endpoints

    return endpoints.delete_endpoint(req, client)


@blueprint.route(route="endpoints/{name}/deployments/{deployment}", methods=["DELETE"])
@blueprint.durable_client_input(client_name="client")
def delete_deployment(req: func.HttpRequest, client: Any) -> func.HttpResponse:
    """Delete one deployment, which must have no traffic."""
    from functions import endpoints

    return endpoints.delete_deployment(req, client)
