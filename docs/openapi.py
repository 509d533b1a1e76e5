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
from shared.domain.requests.request_body import Asked, Decided, Redeploy

FILE: Final = Path(__file__).parents[1] / "functions" / "openapi.json"
_ROOT: Final = Path(__file__).parents[1]

_TEXT: Final = {"type": "string"}
_ANY_TEXT: Final = {"type": ["string", "null"]}
_FREE: Final = {"type": "object"}


def _object(optional: dict[str, Any] | None = None, **fields: Any) -> dict[str, Any]:
    """An object with these fields; more may be there."""
    properties = {**fields, **(optional or {})}
    return {"type": "object", "properties": properties, "required": list(fields)}


def _list(item: dict[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": item}


def _or_null(schema: dict[str, Any]) -> dict[str, Any]:
    return {"oneOf": [schema, {"type": "null"}]}


def _ref(name: str) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{name}"}


_STATE: Final = {"enum": ["ok", "failed", "warning", "unknown"]}
_TRAFFIC: Final = {"type": "object", "additionalProperties": {"type": "integer"}}
_HOLD: Final = _or_null(_object(at=_TEXT, by=_TEXT, reason=_TEXT, job=_TEXT))
_SHORT: Final[dict[str, Any]] = {
    "name": _TEXT,
    "state": _TEXT,
    "links": {"type": "object", "additionalProperties": _TEXT},
    "hold": _HOLD,
}
_SCHEMAS: Final[dict[str, Any]] = {
    "Problem": _object(
        {"findings": _list(_ref("Finding"))},
        type=_TEXT,
        title=_TEXT,
        status={"type": "integer"},
        detail=_TEXT,
        error=_TEXT,
    ),
    "Finding": _object(
        file=_TEXT,
        line={"type": ["integer", "null"]},
        cause=_TEXT,
        remedy=_TEXT,
        severity={"enum": ["error", "warning"]},
    ),
    "Accepted": _object(job=_TEXT, url=_TEXT),
    "Decision": _object(job=_TEXT, decision=_object(kind=_TEXT, at=_TEXT, by=_TEXT, reason=_TEXT)),
    "Jobs": _object({"before": _ANY_TEXT}, jobs=_list(_object(job=_TEXT, state=_TEXT))),
    "Job": _object(
        job=_TEXT,
        state=_TEXT,
        accepted=_TEXT,
        steps=_list(_object(kind=_TEXT, title=_TEXT, state=_TEXT)),
        decisions=_list(_FREE),
        verdicts=_list(_FREE),
        phase=_or_null(_object(text=_TEXT, usual=_TEXT, note=_TEXT)),
        plan=_or_null(_FREE),
        result=_or_null(_object(data=_FREE)),
    ),
    "Endpoints": _object(
        endpoints=_list(_object(**_SHORT, made_by_sluice={"type": "boolean"}, traffic=_TRAFFIC))
    ),
    "Endpoint": _object(
        **_SHORT,
        deployments=_list(_object(name=_TEXT, state=_TEXT, traffic={"type": "integer"})),
        drift=_list(_object(what=_TEXT)),
        jobs=_list(_object(job=_TEXT, state={"enum": ["changing", "waiting", "held"]})),
        revisions=_list(_object(job=_TEXT, digest=_TEXT, at=_TEXT)),
        roles=_or_null(_FREE),
        identity=_or_null(_FREE),
        ttl_seconds={"type": ["number", "null"]},
    ),
    "Consume": _object(credential=_FREE, samples=_FREE, scoring_uri=_ANY_TEXT),
    "Metrics": _object(
        endpoint=_TEXT, since=_TEXT, until=_TEXT, monitor=_FREE, flow=_FREE, notes=_list(_TEXT)
    ),
    "Preview": _object(
        outcome={"enum": ["changes", "unchanged", "rejected"]},
        steps=_list(_object(title=_TEXT, writes={"type": "boolean"})),
        differences=_list(_FREE),
        warnings=_list(_TEXT),
        findings=_list(_ref("Finding")),
    ),
    "Retirement": _object(
        retires_on=_TEXT,
        days_left={"type": "integer"},
        checked={"type": "integer"},
        deployments=_list(_FREE),
    ),
    "DeadLetters": _object(dead_letters=_list(_object(queue=_TEXT, id=_TEXT, body=_TEXT))),
    "Settled": _object(queue=_TEXT, id=_TEXT, act=_TEXT, by=_TEXT, at=_TEXT, job=_ANY_TEXT),
    "Resumed": _object(endpoint=_TEXT, job=_ANY_TEXT),
    "Health": _object(status=_TEXT, workspace=_TEXT),
    "Doctor": _object(
        uses=_or_null(_object(account=_TEXT, container=_TEXT, namespace=_TEXT, queues=_FREE)),
        checks=_list(_object(area=_TEXT, name=_TEXT, state=_STATE, detail=_TEXT, command=_TEXT)),
    ),
}


@dataclass(frozen=True)
class Operation:
    """What the routes do not say: the answer, query parameters, and the model of the body.

    Args:
        status: of a good answer.
        schema: its name in `components`; None for a file.
        query: names of query parameters.
        body: reads the body.
        seen: the answer has an ETag.
        errors: further statuses of errors.
    """

    status: int
    schema: str | None
    query: tuple[str, ...] = ()
    body: type[BaseModel] | None = None
    seen: bool = False
    errors: tuple[int, ...] = ()


_MADE = (400, 409, 413)
OPERATIONS: Final[dict[tuple[str, str], Operation]] = {
    ("POST", "deployments"): Operation(202, "Accepted", (), Asked, errors=_MADE),
    ("POST", "plan"): Operation(200, "Preview", ("blob",), Asked, errors=(400, 413)),
    ("POST", "endpoints/{name}/redeploy"): Operation(202, "Accepted", (), Redeploy, errors=_MADE),
    ("POST", "endpoints/{name}/rollback"): Operation(202, "Accepted", (), Decided, errors=_MADE),
    ("POST", "endpoints/{name}/resume"): Operation(200, "Resumed", errors=(400, 409)),
    ("GET", "endpoints"): Operation(200, "Endpoints", seen=True),
    ("GET", "endpoints/{name}"): Operation(200, "Endpoint", seen=True, errors=(400, 404)),
    ("GET", "endpoints/{name}/consume"): Operation(200, "Consume", errors=(400, 404)),
    ("GET", "endpoints/{name}/metrics"): Operation(200, "Metrics", ("minutes",), errors=(400, 404)),
    ("DELETE", "endpoints/{name}"): Operation(
        202, "Accepted", ("confirm", "force"), errors=(400, 409)
    ),
    ("DELETE", "endpoints/{name}/deployments/{deployment}"): Operation(
        202, "Accepted", ("force",), errors=(400, 409)
    ),
    ("GET", "retirement"): Operation(200, "Retirement"),
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
            "schemas": _SCHEMAS,
            "securitySchemes": {
                "header": {"type": "apiKey", "in": "header", "name": "x-functions-key"},
                "query": {"type": "apiKey", "in": "query", "name": "code"},
            },
        },
    }


def _operation(function: Any, trigger: HttpTrigger, known: Operation) -> dict[str, Any]:
    call = function.get_user_function()
    inner = getattr(call, "__wrapped__", call)
    keyed = trigger.auth_level is not AuthLevel.ANONYMOUS
    parameters = [
        {"name": name, "in": "path", "required": True, "schema": _TEXT}
        for name in re.findall(r"\{\*?(\w+)\}", str(trigger.route))
    ]
    parameters += [{"name": name, "in": "query", "schema": _TEXT} for name in known.query]
    if known.schema == "Accepted":
        parameters.append({"name": "Idempotency-Key", "in": "header", "schema": _TEXT})
    if known.seen:
        parameters.append({"name": "If-None-Match", "in": "header", "schema": _TEXT})
    made: dict[str, Any] = {
        "operationId": function.get_function_name(),
        "summary": " ".join(str(inner.__doc__).split("\n\n")[0].split()),
        "parameters": parameters,
        "responses": _responses(known, keyed=keyed),
        "security": [{"header": []}, {"query": []}] if keyed else [],
    }
    if known.body is not None:
        made["requestBody"] = _body(known.body, zips=known.schema == "Preview")
    return made


def _responses(known: Operation, *, keyed: bool) -> dict[str, Any]:
    content = {"application/json": {"schema": _ref(known.schema)}} if known.schema else {"*/*": {}}
    found: dict[str, Any] = {str(known.status): {"description": "Done", "content": content}}
    if known.seen:
        found["304"] = {"description": "Nothing has changed since that ETag"}
    if keyed:
        found["401"] = {"description": "No key, or a wrong one; answered by the Functions host"}
    problems = {*known.errors, *((403, 503) if keyed else ()), *((503,) if known.schema else ())}
    for status in sorted(problems):
        schema = {"schema": _ref("Problem")}
        shown = {"application/problem+json": schema}
        found[str(status)] = {"description": "A problem, as RFC 9457 has it", "content": shown}
    return found


def _body(model: type[BaseModel], *, zips: bool) -> dict[str, Any]:
    """The body's schema with its parts inside it; a body that may be empty is not required."""
    schema = model.model_json_schema(ref_template="#/$defs/{model}")
    parts = schema.pop("$defs", {})
    for name, field in schema["properties"].items():
        if (link := field.get("$ref")) is not None:
            schema["properties"][name] = parts[link.rpartition("/")[2]]
    content = {"application/json": {"schema": schema}}
    if zips:
        content["application/zip"] = {"schema": {"type": "string", "format": "binary"}}
    return {"required": bool(schema.get("required")), "content": content}


def text(functions: Iterable[Any]) -> str:
    """The document as the app serves it."""
    return json.dumps(document(functions), indent=1) + "\n"


if __name__ == "__main__":
    FILE.write_text(text(function_app.app.get_functions()), encoding="utf-8")
