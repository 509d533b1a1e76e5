"""HTTP routes: deploy, redeploy, jobs, health."""

from typing import Any

import azure.durable_functions as df
import azure.functions as func

blueprint = df.Blueprint()


@blueprint.route(route="deployments", methods=["POST"])
@blueprint.durable_client_input(client_name="client")
def deployments(req: func.HttpRequest, client: Any) -> func.HttpResponse:
    """Deploy a blob, a folder, a run or a revision, or the zip in the body."""
    from functions import api

    return api.deployments(req, client)


@blueprint.route(route="endpoints/{name}/redeploy", methods=["POST"])
@blueprint.durable_client_input(client_name="client")
def redeploy(req: func.HttpRequest, client: Any) -> func.HttpResponse:
    """Deploy a revision that the endpoint has or had."""
    from functions import api

    return api.redeploy(req, client)


@blueprint.route(route="jobs", methods=["GET"])
def jobs(req: func.HttpRequest) -> func.HttpResponse:
    """Jobs, newest first, by page; with `blob` and `etag`, the job that this drop became."""
    from functions import api

    return api.jobs(req)


@blueprint.route(route="jobs/{job}", methods=["GET"])
def job(req: func.HttpRequest) -> func.HttpResponse:
    """One job: state, phase, steps, plan, result."""
    from functions import api

    return api.job(req)


@blueprint.route(route="health", methods=["GET"], auth_level=func.AuthLevel.ANONYMOUS)
def health(req: func.HttpRequest) -> func.HttpResponse:
    """200 if the app is up and its settings are valid."""
    from functions import api

    return api.health(req)
