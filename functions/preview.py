"""HTTP route: what a deployment would do, without doing it."""

from typing import Any

import azure.functions as func

from functions.answer import answer, as_json, require_caller, sends_zip, switch
from shared.bootstrap import ports
from shared.domain.identifiers.paths import BlobPath
from shared.domain.requests.request_body import check_zip, parse_asked
from shared.steps.views.preview import preview_package, preview_request

_SECONDS = 60.0
"""A package is fetched and read, and Azure is asked a dozen times."""


def plan(req: func.HttpRequest) -> func.HttpResponse:
    return answer(lambda: as_json(200, _plan(req)), seconds=_SECONDS)


def _plan(req: func.HttpRequest) -> dict[str, Any]:
    who = require_caller(req, "look")
    if sends_zip(req):
        content, path = check_zip(req.get_body()), BlobPath(req.params.get("blob", ""))
        return preview_package(ports(), content, path, who if switch(req, "upload") else None)
    return preview_request(ports(), parse_asked(req.get_body()), who)
