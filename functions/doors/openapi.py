"""HTTP route: the HTTP API itself, as OpenAPI."""

import azure.durable_functions as df
import azure.functions as func

blueprint = df.Blueprint()


@blueprint.route(route="openapi.json", methods=["GET"], auth_level=func.AuthLevel.ANONYMOUS)
def openapi(req: func.HttpRequest) -> func.HttpResponse:
    """The routes of Sluice, as OpenAPI 3.1. It holds no data, so it needs no key."""
    from functions import openapi

    return openapi.openapi(req)
