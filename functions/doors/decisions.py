"""HTTP routes: what a person decides about a job that runs, and the retry of one that has ended."""

from typing import Any

import azure.durable_functions as df
import azure.functions as func

blueprint = df.Blueprint()


@blueprint.route(route="jobs/{job}/{decision}", methods=["POST"])
@blueprint.durable_client_input(client_name="client")
def decision(req: func.HttpRequest, client: Any) -> func.HttpResponse:
    """Cancel, approve, reject, promote or abort a job."""
    from functions import decisions

    return decisions.decision(req, client)


@blueprint.route(route="jobs/{job}/retry", methods=["POST"])
@blueprint.durable_client_input(client_name="client")
def retry_job(req: func.HttpRequest, client: Any) -> func.HttpResponse:
    """Try a job again that has ended."""
    from functions import decisions

    return decisions.retry_job(req, client)
