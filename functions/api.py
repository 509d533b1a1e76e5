"""The HTTP door, and what there is to see of jobs."""

import json
from collections.abc import Callable
from typing import Any

import azure.durable_functions as df
import azure.functions as func

from functions.engine import start
from shared.bootstrap import ports
from shared.domain.errors import Rejected
from shared.domain.failure import AzureFailure
from shared.domain.intake import Asked, AskedSource, parse_asked, parse_redeploy
from shared.domain.job import stamp
from shared.steps.accept import KeyReused, SourceMoved, accept_asked
from shared.steps.jobs import job_shown, jobs_shown

blueprint = df.Blueprint(http_auth_level=func.AuthLevel.FUNCTION)


@blueprint.route(route="deployments", methods=["POST"])
@blueprint.durable_client_input(client_name="client")
def deployments(req: func.HttpRequest, client: Any) -> func.HttpResponse:
    """Deploy a blob, a folder or a revision."""
    return _answer(lambda: _accept(req, client, parse_asked(req.get_body())))


@blueprint.route(route="endpoints/{name}/redeploy", methods=["POST"])
@blueprint.durable_client_input(client_name="client")
def redeploy(req: func.HttpRequest, client: Any) -> func.HttpResponse:
    """Deploy again what the endpoint has or had."""
    return _answer(lambda: _accept(req, client, _redeploy(req)))


@blueprint.route(route="jobs", methods=["GET"])
def jobs(req: func.HttpRequest) -> func.HttpResponse:
    """The newest jobs; with `blob` and `etag`, the one that dropping that blob has made."""
    blob, etag = req.params.get("blob"), req.params.get("etag")
    return _answer(lambda: _json(200, {"jobs": jobs_shown(ports(), blob=blob, etag=etag)}))


@blueprint.route(route="jobs/{job}", methods=["GET"])
def job(req: func.HttpRequest) -> func.HttpResponse:
    """One job: state, steps, plan, result."""
    return _answer(lambda: _shown(req.route_params["job"]))


@blueprint.route(route="health", methods=["GET"], auth_level=func.AuthLevel.ANONYMOUS)
def health(req: func.HttpRequest) -> func.HttpResponse:
    """Whether the app is up and its settings can be read."""
    del req
    return _answer(lambda: _json(200, {"status": "ok", "workspace": ports().workspace_name}))


def _redeploy(req: func.HttpRequest) -> Asked:
    asked = parse_redeploy(req.get_body())
    source = AskedSource(endpoint=req.route_params["name"], revision=asked.revision)
    return Asked(source=source, manifest=asked.manifest)


def _accept(req: func.HttpRequest, client: Any, asked: Asked) -> func.HttpResponse:
    world = ports()
    key = req.headers.get("idempotency-key")
    accepted = accept_asked(
        world,
        asked,
        door="http",
        key=f"http:{key}" if key else None,
        order=stamp(world.now()),
    )
    start(client, accepted)
    base = req.url.partition("/api/")[0]
    url = f"{base}/api/jobs/{accepted.job}"
    return _json(202, {"job": accepted.job, "url": url}, {"Location": url})


def _shown(name: str) -> func.HttpResponse:
    shown = job_shown(ports(), name)
    if shown is None:
        return _json(404, {"error": f"There is no job '{name}'"})
    return _json(200, shown)


def _answer(do: Callable[[], func.HttpResponse]) -> func.HttpResponse:
    """What went wrong, as a status and words."""
    try:
        return do()
    except Rejected as rejected:
        findings = [finding.to_dict() for finding in rejected.findings]
        return _json(400, {"error": str(rejected), "findings": findings})
    except (KeyReused, SourceMoved) as conflict:
        return _json(409, {"error": _conflict(conflict)})
    except AzureFailure as failure:
        return _json(503, {"error": str(failure)}, {"Retry-After": "5"})


def _conflict(conflict: KeyReused | SourceMoved) -> str:
    if isinstance(conflict, SourceMoved):
        return f"'{conflict}' changed while it was being taken. Ask again"
    return str(conflict)


def _json(status: int, body: Any, headers: dict[str, str] | None = None) -> func.HttpResponse:
    return func.HttpResponse(
        json.dumps(body, indent=2),
        status_code=status,
        headers=headers,
        mimetype="application/json",
    )
