"""HTTP routes: the HTTP API itself as OpenAPI, and the JSON Schemas of messages and manifest.

`make docs` writes the files from the code. They hold no data.
"""

from collections.abc import Mapping
from functools import cache
from pathlib import Path

import azure.functions as func

from functions.answer import etag_of, has_seen, problem

API = Path(__file__).parent / "openapi.json"
SCHEMAS = Path(__file__).parent / "schemas"


def openapi(req: func.HttpRequest) -> func.HttpResponse:
    """Answer 200 with the document, or 304 if the caller has it."""
    return _answer(req, API.read_bytes())


def schema(req: func.HttpRequest) -> func.HttpResponse:
    """Answer 200 with the schema, 304 if the caller has it, 404 if there is none of that name."""
    found = _schemas().get(req.route_params["name"])
    if found is None:
        known = ", ".join(_schemas())
        return problem(404, f"There is no schema of that name. There are: {known}")
    return _answer(req, found)


def _answer(req: func.HttpRequest, content: bytes) -> func.HttpResponse:
    headers = {"ETag": etag_of(content), "Cache-Control": "no-cache"}
    if has_seen(req, headers["ETag"]):
        return func.HttpResponse(status_code=304, headers=headers)
    return func.HttpResponse(content, headers=headers, mimetype="application/json")


@cache
def _schemas() -> Mapping[str, bytes]:
    """Read all schemas, by file name. A name that is asked for never reaches the disk."""
    return {path.name: path.read_bytes() for path in sorted(SCHEMAS.glob("*.json"))}
