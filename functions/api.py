"""HTTP routes: deploy, redeploy, jobs, health."""

from collections.abc import Callable
from typing import Any

import azure.functions as func

from functions.answer import (
    accepted_response,
    answer,
    as_json,
    as_seen,
    found_or_404,
    idempotency_key,
    require_caller,
    sends_zip,
    signed_in,
)
from functions.engine import take
from shared.bootstrap import ports
from shared.domain.how_to import no_job
from shared.domain.identifiers.ids import JobId, Key, PageToken
from shared.domain.identifiers.names import EndpointName
from shared.domain.identifiers.paths import BlobPath
from shared.domain.parsing.text import WrongName
from shared.domain.requests.request_body import (
    Asked,
    AskedSource,
    check_zip,
    parse_asked,
    parse_redeploy,
)
from shared.steps.intake.accept import Accepted, Requester, accept_request
from shared.steps.intake.uploads import accept_upload
from shared.steps.views.job_list import list_jobs
from shared.steps.views.jobs import describe_job, jobs_of_blob

_UPLOAD_SECONDS = 60.0
"""A hundred megabytes are written to storage."""


def deployments(req: func.HttpRequest, client: Any) -> func.HttpResponse:
    if sends_zip(req):
        return answer(lambda: _upload(req, client), accepts=True, seconds=_UPLOAD_SECONDS)
    return answer(lambda: _accept(req, client, _deployment), accepts=True)


def redeploy(req: func.HttpRequest, client: Any) -> func.HttpResponse:
    return answer(lambda: _accept(req, client, _redeploy), accepts=True)


def jobs(req: func.HttpRequest) -> func.HttpResponse:
    return answer(lambda: as_seen(req, as_json(200, _jobs(req))))


def job(req: func.HttpRequest) -> func.HttpResponse:
    return answer(lambda: as_seen(req, _job(req)))


def health(req: func.HttpRequest) -> func.HttpResponse:
    return answer(lambda: as_json(200, _health(req)))


def _health(req: func.HttpRequest) -> dict[str, Any]:
    world = ports()
    return {
        "status": "ok",
        "workspace": world.workspace_name,
        "sign_in": world.callers.audience or None,
        "caller": signed_in(req).name or None,
    }


def _jobs(req: func.HttpRequest) -> dict[str, Any]:
    require_caller(req, "look")
    blob, etag = req.params.get("blob"), req.params.get("etag")
    if blob is None and etag is None:
        endpoint, before = req.params.get("endpoint"), req.params.get("before")
        return list_jobs(
            ports(),
            state=req.params.get("state"),
            endpoint=None if endpoint is None else EndpointName(endpoint),
            before=None if before is None else PageToken(before),
        )
    if blob is None or etag is None:
        raise WrongName(
            "'blob' and 'etag' find the job of one blob together, and only one of them is given",
            "Give both, or neither for the newest jobs",
        )
    return {"jobs": jobs_of_blob(ports(), BlobPath(blob), Key(etag, "an ETag"))}


def _job(req: func.HttpRequest) -> func.HttpResponse:
    require_caller(req, "look")
    job = JobId(req.route_params["job"])
    return found_or_404(describe_job(ports(), job), no_job(job))


def _deployment(req: func.HttpRequest) -> Asked:
    return parse_asked(req.get_body())


def _redeploy(req: func.HttpRequest) -> Asked:
    endpoint, asked = EndpointName(req.route_params["name"]), parse_redeploy(req.get_body())
    source = AskedSource(endpoint=endpoint, revision=asked.revision)
    return Asked(source=source, manifest=asked.manifest, force=asked.force)


def _accept(
    req: func.HttpRequest, client: Any, read: Callable[[func.HttpRequest], Asked]
) -> func.HttpResponse:
    requester = Requester("http", caller=require_caller(req, "deploy"), key=idempotency_key(req))
    world, asked = ports(), read(req)
    return _started(req, client, lambda: accept_request(world, asked, requester))


def _upload(req: func.HttpRequest, client: Any) -> func.HttpResponse:
    requester = Requester("http", caller=require_caller(req, "upload"), key=idempotency_key(req))
    path, content = BlobPath(req.params.get("blob", "")), check_zip(req.get_body())
    world = ports()
    return _started(req, client, lambda: accept_upload(world, path, content, requester))


def _started(
    req: func.HttpRequest, client: Any, accept: Callable[[], Accepted]
) -> func.HttpResponse:
    accepted = take(client, ports().telemetry, "HTTP", accept)
    return accepted_response(req, accepted)
