"""The HTTP door, and what there is to see of jobs."""

from typing import Any

import azure.durable_functions as df
import azure.functions as func

from functions.answer import answer, as_json, begun, caller, key_of, shown
from functions.engine import start
from shared.bootstrap import ports
from shared.domain.identifiers.ids import JobId, Key
from shared.domain.identifiers.names import EndpointName
from shared.domain.identifiers.paths import BlobPath
from shared.domain.parsing.text import WrongName
from shared.domain.requests.request_body import Asked, AskedSource, parse_asked, parse_redeploy
from shared.steps.intake.accept import Asker, accept_asked
from shared.steps.views.jobs import job_shown, jobs_shown

blueprint = df.Blueprint(http_auth_level=func.AuthLevel.FUNCTION)


@blueprint.route(route="deployments", methods=["POST"])
@blueprint.durable_client_input(client_name="client")
def deployments(req: func.HttpRequest, client: Any) -> func.HttpResponse:
    """Deploy a blob, a folder or a revision."""
    return answer(lambda: _accept(req, client, parse_asked(req.get_body())))


@blueprint.route(route="endpoints/{name}/redeploy", methods=["POST"])
@blueprint.durable_client_input(client_name="client")
def redeploy(req: func.HttpRequest, client: Any) -> func.HttpResponse:
    """Deploy again what the endpoint has or had."""
    return answer(lambda: _accept(req, client, _redeploy(req)))


@blueprint.route(route="jobs", methods=["GET"])
def jobs(req: func.HttpRequest) -> func.HttpResponse:
    """The newest jobs; with `blob` and `etag`, the one that dropping that blob has made."""
    return answer(lambda: as_json(200, {"jobs": _jobs(req)}))


@blueprint.route(route="jobs/{job}", methods=["GET"])
def job(req: func.HttpRequest) -> func.HttpResponse:
    """One job: state, phase, steps, plan, result."""
    return answer(lambda: _job(req))


@blueprint.route(route="health", methods=["GET"], auth_level=func.AuthLevel.ANONYMOUS)
def health(req: func.HttpRequest) -> func.HttpResponse:
    """Whether the app is up and its settings can be read."""
    del req
    return answer(lambda: as_json(200, {"status": "ok", "workspace": ports().workspace_name}))


def _jobs(req: func.HttpRequest) -> list[dict[str, Any]]:
    caller(req, "look")
    blob, etag = req.params.get("blob"), req.params.get("etag")
    if blob is None and etag is None:
        return jobs_shown(ports(), blob=None, etag=None)
    if blob is None or etag is None:
        raise WrongName(
            "'blob' and 'etag' together find the job of one blob, and only one of them is given",
            "Give both, or neither for the newest jobs",
        )
    return jobs_shown(ports(), blob=BlobPath(blob), etag=Key(etag, "an ETag"))


def _job(req: func.HttpRequest) -> func.HttpResponse:
    caller(req, "look")
    job = JobId(req.route_params["job"])
    return shown(job_shown(ports(), job), f"There is no job '{job}'")


def _redeploy(req: func.HttpRequest) -> Asked:
    endpoint, asked = EndpointName(req.route_params["name"]), parse_redeploy(req.get_body())
    source = AskedSource(endpoint=endpoint, revision=asked.revision)
    return Asked(source=source, manifest=asked.manifest)


def _accept(req: func.HttpRequest, client: Any, asked: Asked) -> func.HttpResponse:
    world, who = ports(), caller(req, "deploy")
    accepted = accept_asked(world, asked, Asker("http", key=key_of(req), caller=who))
    start(client, accepted)
    return begun(req, accepted)
