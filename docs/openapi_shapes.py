"""The shapes of the HTTP API's answers, as JSON Schemas for `openapi.py`."""

from typing import Any, Final

TEXT: Final = {"type": "string"}
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


def ref(name: str) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{name}"}


_STATE: Final = {"enum": ["ok", "failed", "warning", "unknown"]}
_TRAFFIC: Final = {"type": "object", "additionalProperties": {"type": "integer"}}
_HOLD: Final = _or_null(_object(at=TEXT, by=TEXT, reason=TEXT, job=TEXT))
_SHORT: Final[dict[str, Any]] = {
    "name": TEXT,
    "state": TEXT,
    "links": {"type": "object", "additionalProperties": TEXT},
    "hold": _HOLD,
}
SCHEMAS: Final[dict[str, Any]] = {
    "Problem": _object(
        {"findings": _list(ref("Finding"))},
        type=TEXT,
        title=TEXT,
        status={"type": "integer"},
        detail=TEXT,
        error=TEXT,
    ),
    "Finding": _object(
        file=TEXT,
        line={"type": ["integer", "null"]},
        cause=TEXT,
        remedy=TEXT,
        severity={"enum": ["error", "warning"]},
    ),
    "Accepted": _object(job=TEXT, url=TEXT),
    "Decision": _object(job=TEXT, decision=_object(kind=TEXT, at=TEXT, by=TEXT, reason=TEXT)),
    "Jobs": _object({"before": _ANY_TEXT}, jobs=_list(_object(job=TEXT, state=TEXT))),
    "Job": _object(
        job=TEXT,
        state=TEXT,
        accepted=TEXT,
        steps=_list(_object(kind=TEXT, title=TEXT, state=TEXT)),
        decisions=_list(_FREE),
        verdicts=_list(_FREE),
        phase=_or_null(_object(text=TEXT, usual=TEXT, note=TEXT)),
        plan=_or_null(_FREE),
        result=_or_null(_object(data=_FREE)),
    ),
    "Endpoints": _object(
        endpoints=_list(
            _object(
                **_SHORT,
                made_by_sluice={"type": "boolean"},
                traffic=_TRAFFIC,
                drift_since=_ANY_TEXT,
            )
        )
    ),
    "Endpoint": _object(
        **_SHORT,
        deployments=_list(_object(name=TEXT, state=TEXT, traffic={"type": "integer"})),
        drift=_list(_object(what=TEXT)),
        jobs=_list(_object(job=TEXT, state={"enum": ["changing", "waiting", "held"]})),
        revisions=_list(_object(job=TEXT, digest=TEXT, at=TEXT)),
        roles=_or_null(_FREE),
        identity=_or_null(_FREE),
        ttl_seconds={"type": ["number", "null"]},
    ),
    "Consume": _object(
        credential=_FREE,
        samples=_FREE,
        scoring_uri=_ANY_TEXT,
        chat=_or_null(_object(input=TEXT, history=TEXT, output=TEXT)),
    ),
    "Answered": _object(
        endpoint=TEXT,
        deployment=_ANY_TEXT,
        status={"type": ["integer", "null"]},
        model_status={"type": ["integer", "null"]},
        reason=TEXT,
        media_type=TEXT,
        seconds={"type": "number"},
        body={},
        complete={"type": "boolean"},
        problem=TEXT,
    ),
    "Metrics": _object(
        endpoint=TEXT, since=TEXT, until=TEXT, monitor=_FREE, flow=_FREE, notes=_list(TEXT)
    ),
    "Preview": _object(
        outcome={"enum": ["changes", "unchanged", "rejected"]},
        steps=_list(_object(title=TEXT, writes={"type": "boolean"})),
        differences=_list(_FREE),
        warnings=_list(TEXT),
        findings=_list(ref("Finding")),
    ),
    "Retirement": _object(
        retires_on=TEXT,
        days_left={"type": "integer"},
        checked={"type": "integer"},
        deployments=_list(_FREE),
    ),
    "DeadLetters": _object(dead_letters=_list(_object(queue=TEXT, id=TEXT, body=TEXT))),
    "Settled": _object(queue=TEXT, id=TEXT, act=TEXT, by=TEXT, at=TEXT, job=_ANY_TEXT),
    "Resumed": _object(endpoint=TEXT, job=_ANY_TEXT),
    "Health": _object(status=TEXT, workspace=TEXT, sign_in=_or_null(TEXT), caller=_or_null(TEXT)),
    "Doctor": _object(
        uses=_or_null(_object(account=TEXT, container=TEXT, namespace=TEXT, queues=_FREE)),
        checks=_list(_object(area=TEXT, name=TEXT, state=_STATE, detail=TEXT, command=TEXT)),
    ),
}
