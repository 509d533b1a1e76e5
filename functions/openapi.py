"""HTTP route: the HTTP API itself, as OpenAPI. `docs/openapi.py` makes the file from the code."""

from functools import cache
from pathlib import Path

import azure.functions as func

from functions.answer import etag_of, has_seen

FILE = Path(__file__).parent / "openapi.json"


def openapi(req: func.HttpRequest) -> func.HttpResponse:
    """Answer 200 with the document, or 304 if the caller has it."""
    content = _content()
    headers = {"ETag": etag_of(content), "Cache-Control": "no-cache"}
    if has_seen(req, headers["ETag"]):
        return func.HttpResponse(status_code=304, headers=headers)
    return func.HttpResponse(content, headers=headers, mimetype="application/json")


@cache
def _content() -> bytes:
    return FILE.read_bytes()
