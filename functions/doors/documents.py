"""HTTP routes: the HTTP API itself as OpenAPI, and the schemas of messages and manifest."""

import azure.durable_functions as df
import azure.functions as func

blueprint = df.Blueprint()


@blueprint.route(route="openapi.json", methods=["GET"], auth_level=func.AuthLevel.ANONYMOUS)
def openapi(req: func.HttpRequest) -> func.HttpResponse:
    """The routes of Sluice, as OpenAPI 3.1. It holds no data, so it needs no key."""
    from functions import documents

    return documents.openapi(req)


@blueprint.route(route="schemas/{name}", methods=["GET"], auth_level=func.AuthLevel.ANONYMOUS)
def schema(req: func.HttpRequest) -> func.HttpResponse:
    """The JSON Schema of the manifest, of a request, a decision, a result or a drift."""
    from functions import documents

    return documents.schema(req)
