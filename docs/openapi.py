"""Renders functions/openapi.json: the HTTP API as OpenAPI 3.1, from the routes of the code.

Paths, methods, keys and summaries are those of `functions/doors`, bodies those of the models that
read them. To regenerate the file: `make docs`.
"""

import json
import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from azure.functions import AuthLevel
from azure.functions.decorators.http import HttpTrigger
from pydantic import BaseModel

import function_app
from docs.openapi_shapes import SCHEMAS, TEXT, ref
from shared.domain.requests.request_body import Asked, Decided, Question, Redeploy

FILE: Final = Path(__file__).parents[1] / "functions" / "openapi.json"
_ROOT: Final = Path(__file__).parents[1]


@dataclass(frozen=True)
class Operation:
    """What the routes do not say: the answer, query parameters, and the model of the body.

    Args:
        status: of a good answer.
        schema: its name in `components`; None for a file.
        query: names of query parameters.
        body: reads the body.
        zips: the body may be a zip instead.
        seen: the answer has an ETag.
        errors: further statuses of errors.
    """

    status: int
    schema: str | None
    query: tuple[str, ...] = ()
    body: type[BaseModel] | None = None
    zips: bool = False
    seen: bool = False
    errors: tuple[int, ...] = ()


_MADE = (400, 409, 413)
OPERATIONS: Final[dict[tuple[str, str], Operation]] = {
    ("POST", "deployments"): Operation(202, "Accepted", ("blob",), Asked, zips=True, errors=_MADE),
    ("POST", "plan"): Operation(
        200, "Preview", ("blob", "upload"), Asked, zips=True, errors=(400, 413)
    ),
    ("POST", "endpoints/{name}/redeploy"): Operation(202, "Accepted", (), Redeploy, errors=_MADE),
    ("POST", "endpoints/{name}/rollback"): Operation(202, "Accepted", (), Decided, errors=_MADE),
    ("POST", "endpoints/{name}/resume"): Operation(200, "Resumed", errors=(400, 409)),
    ("GET", "endpoints"): Operation(200, "Endpoints", seen=True),
    ("GET", "endpoints/{name}"): Operation(200, "Endpoint", seen=True, errors=(400, 404)),
    ("GET", "endpoints/{name}/consume"): Operation(200, "Consume", errors=(400, 404)),
    ("GET", "endpoints/{name}/metrics"): Operation(200, "Metrics", ("minutes",), errors=(400, 404)),
    ("POST", "endpoints/{name}/invoke"): Operation(
        200, "Answered", ("deployment",), Question, errors=(400, 404, 413)
    ),
    ("DELETE", "endpoints/{name}"): Operation(
        202, "Accepted", ("confirm", "force"), errors=(400, 409)
    ),
    ("DELETE", "endpoints/{name}/deployments/{deployment}"): Operation(
        202, "Accepted", ("force",), errors=(400, 409)
    ),
    ("GET", "retirement"): Operation(200, "Retirement", seen=True),
    ("GET", "jobs"): Operation(
        200, "Jobs", ("state", "endpoint", "before", "blob", "etag"), seen=True, errors=(400,)
    ),
    ("GET", "jobs/{job}"): Operation(200, "Job", seen=True, errors=(400, 404)),
    ("POST", "jobs/{job}/{decision}"): Operation(
        202, "Decision", (), Decided, errors=(400, 404, 409, 413)
    ),
    ("POST", "jobs/{job}/retry"): Operation(202, "Accepted", errors=(400, 404, 409)),
    ("GET", "dead-letters"): Operation(200, "DeadLetters"),
    ("POST", "dead-letters/{queue}/{letter}/replay"): Operation(
        200, "Settled", errors=(400, 404, 409)
    ),
    ("POST", "dead-letters/{queue}/{letter}/discard"): Operation(
        200, "Settled", errors=(400, 404, 409)
    ),
    ("GET", "health"): Operation(200, "Health"),
    ("GET", "doctor"): Operation(200, "Doctor"),
    ("GET", "openapi.json"): Operation(200, None, seen=True),
    ("GET", "schemas/{name}"): Operation(200, None, seen=True, errors=(404,)),
    ("GET", "ui/{*file}"): Operation(200, None, seen=True, errors=(404,)),
}


def document(functions: Iterable[Any]) -> dict[str, Any]:
    """The document of the app's functions. Raises KeyError for a route that OPERATIONS lacks."""
    paths: dict[str, Any] = {}
    for each in functions:
        trigger = each.get_trigger()
        if isinstance(trigger, HttpTrigger):
            route = str(trigger.route)
            for method in trigger.methods or ():
                known = OPERATIONS[str(method.value), route]
                place = paths.setdefault(f"/api/{route.replace('{*', '{')}", {})
                place[str(method.value).lower()] = _operation(each, trigger, known)
    project = tomllib.loads((_ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return {
        "openapi": "3.1.0",
        "info": {"title": "Sluice", "version": project["version"]},
        "paths": dict(sorted(paths.items())),
        "components": {
            "schemas": SCHEMAS,
            "securitySchemes": {
                "header": {"type": "apiKey", "in": "header", "name": "x-functions-key"},
                "query": {"type": "apiKey", "in": "query", "name": "code"},
                "signIn": {"type": "http", "scheme": "bearer"},
            },
        },
    }


def _operation(function: Any, trigger: HttpTrigger, known: Operation) -> dict[str, Any]:
    call = function.get_user_function()
    inner = getattr(call, "__wrapped__", call)
    keyed = trigger.auth_level is not AuthLevel.ANONYMOUS
    parameters = [
        {"name": name, "in": "path", "required": True, "schema": TEXT}
        for name in re.findall(r"\{\*?(\w+)\}", str(trigger.route))
    ]
    parameters += [{"name": name, "in": "query", "schema": TEXT} for name in known.query]
    if known.schema == "Accepted":
        parameters.append({"name": "Idempotency-Key", "in": "header", "schema": TEXT})
    if known.seen:
        parameters.append({"name": "If-None-Match", "in": "header", "schema": TEXT})
    made: dict[str, Any] = {
        "operationId": function.get_function_name(),
        "summary": " ".join(str(inner.__doc__).split("\n\n")[0].split()),
        "parameters": parameters,
        "responses": _responses(known, keyed=keyed),
        "security": [{"header": []}, {"query": []}, {"signIn": []}] if keyed else [],
    }
    if known.body is not None:
        made["requestBody"] = _body(known.body, zips=known.zips)
    return made


def _responses(known: Operation, *, keyed: bool) -> dict[str, Any]:
    content = {"application/json": {"schema": ref(known.schema)}} if known.schema else {"*/*": {}}
    found: dict[str, Any] = {str(known.status): {"description": "Done", "content": content}}
    if known.seen:
        found["304"] = {"description": "Nothing has changed since that ETag"}
    if keyed:
        found["401"] = {
            "description": "No key, or a wrong one; answered by the Functions host, without a "
            "body. Where callers sign in: nobody has"
        }
    problems = {*known.errors, *((403, 503) if keyed else ()), *((503,) if known.schema else ())}
    for status in sorted(problems):
        schema = {"schema": ref("Problem")}
        shown = {"application/problem+json": schema}
        found[str(status)] = {"description": "A problem, as RFC 9457 has it", "content": shown}
    return found


def _body(model: type[BaseModel], *, zips: bool) -> dict[str, Any]:
    """The body's schema with its parts inside it; a body that may be empty is not required."""
    schema = model.model_json_schema(ref_template="#/$defs/{model}")
    parts = schema.pop("$defs", {})
    for name, field in schema.get("properties", {}).items():
        if (link := field.get("$ref")) is not None:
            schema["properties"][name] = parts[link.rpartition("/")[2]]
    content = {"application/json": {"schema": schema}}
    if zips:
        content["application/zip"] = {"schema": {"type": "string", "format": "binary"}}
    required = "properties" not in schema or bool(schema.get("required"))
    return {"required": required, "content": content}


def text(functions: Iterable[Any]) -> str:
    """The document as the app serves it."""
    return json.dumps(document(functions), indent=1) + "\n"


if __name__ == "__main__":
    FILE.write_text(text(function_app.app.get_functions()), encoding="utf-8")
