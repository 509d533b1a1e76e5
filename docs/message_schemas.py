"""Writes functions/schemas/: JSON Schemas of messages and manifest (`make docs`).

What it takes is read by models, whose schemas these are. What it sends is described here, and the
tests hold real results against it.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final, get_args

from pydantic import BaseModel

from shared.domain.jobs.decision import AskedDecision
from shared.domain.jobs.drift_event import TYPE
from shared.domain.jobs.result import Outcome
from shared.domain.manifest import manifest_schema
from shared.domain.requests.request import Door, JobKind
from shared.domain.requests.request_body import Asked

FOLDER: Final = Path(__file__).parents[1] / "functions" / "schemas"
_DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"

type Schema = dict[str, Any]


def _text(meaning: str, **more: Any) -> Schema:
    return {"type": "string", "description": meaning, **more}


def _text_or_null(meaning: str) -> Schema:
    return {"type": ["string", "null"], "description": meaning}


def _list(meaning: str, item: Schema) -> Schema:
    return {"type": "array", "description": meaning, "items": item}


def _object(meaning: str, fields: Mapping[str, Schema], *, more: bool = True) -> Schema:
    """An object that has all of these fields."""
    made = {"type": "object", "description": meaning, "properties": dict(fields)}
    return made | {"required": list(fields)} | ({} if more else {"additionalProperties": False})


def _or_null(schema: Schema) -> Schema:
    return {"description": schema["description"], "anyOf": [schema, {"type": "null"}]}


_TIME: Final = {"format": "date-time"}
_FINDING: Final = _object(
    "One fault at one place",
    {
        "file": _text("Path inside the package, or the place of an override"),
        "line": {"type": ["integer", "null"], "description": "Counted from 1"},
        "cause": _text("What is wrong"),
        "remedy": _text("What to do"),
        "severity": {"enum": ["error", "warning"]},
    },
)
_DIAGNOSIS: Final = _object(
    "Why a job failed, and what to do",
    {
        "case": _text("Its name in the reference of diagnoses; empty if it is none of them"),
        "cause": _text("Why"),
        "remedy": _text("What to do"),
        "page": _text("Where Microsoft describes it"),
        "step": _text("The title of the step"),
        "code": _text("Azure's own code"),
        "message": _text("Azure's own message"),
        "log": _text("The end of the container's log"),
        "permission": {
            "type": "boolean",
            "description": "The endpoint's identity may lack a permission",
        },
        "needs": _list("Roles (ids) or actions that give it", {"type": "string"}),
    },
)
_ROLE: Final = _object(
    "A role assignment of the endpoint's identity",
    {
        "role": _text("Its name"),
        "scope": _text("ARM id of what it is on"),
        "principal_id": _text("Object id of the identity"),
        "granted_at": _text_or_null("When it was first seen"),
        "granted_by": {"enum": ["sluice", "somebody else"]},
    },
)
_VERDICT: Final = _object(
    "The verdict of a comparison before traffic, or of a stage of a rollout",
    {
        "deployment": _text("The new deployment"),
        "against": _text("The deployment that serves"),
        "stage": {"type": "integer", "description": "0: before any traffic"},
        "percent": {"type": "integer"},
        "at": _text("When", **_TIME),
        "outcome": {"enum": ["passed", "failed", "undecided", "promoted", "aborted"]},
        "words": _text("Why, with figures"),
    },
)
_DECISION: Final = _object(
    "The decision that ended the job",
    {
        "kind": _text("Of the decision, such as `cancel`"),
        "by": _text("Who; empty for a function key or a message"),
        "at": _text("When", **_TIME),
        "reason": _text("Why"),
        "effect": _text("What became of what the job had changed"),
    },
)
_SHARES: Final = {
    "type": "object",
    "description": "Per cent by deployment, as it is now",
    "additionalProperties": {"type": "integer"},
}
_DATA: Final[dict[str, Schema]] = {
    "job": _text("Its id"),
    "kind": {"enum": list(get_args(JobKind))},
    "outcome": {"enum": list(get_args(Outcome))},
    "endpoint": _text("Its name; empty if it was never known"),
    "deployment": _text_or_null("What serves"),
    "digest": _text_or_null("Hash of the package's content"),
    "image": _text_or_null("The image that ran, or what it was built from"),
    "scoring_uri": _text_or_null("The URL to call"),
    "swagger_uri": _text_or_null("Its OpenAPI document"),
    "auth_mode": _text_or_null("How callers authenticate"),
    "credential": _text_or_null("The command that gets the key or token"),
    "curl": _text_or_null("A call that runs as it is; null if its sample is very long"),
    "consume": _text_or_null("Path of the HTTP API with code in more languages"),
    "links": {"type": "object", "additionalProperties": {"type": "string"}},
    "sample_request": {"description": "A body that the endpoint answers, or null"},
    "traffic": _SHARES,
    "roles": _list("That the package needs", _ROLE),
    "removed": _list(
        "What was deleted",
        _object("One thing", {"kind": _text("`endpoint` and the like"), "name": _text("Its name")}),
    ),
    "verdicts": _list("In order", _VERDICT),
    "timings": {
        "type": "object",
        "description": "Seconds by step",
        "additionalProperties": {"type": "number"},
    },
    "warnings": _list("What works but should be improved", {"type": "string"}),
    "diagnosis": _or_null(_DIAGNOSIS),
    "findings": _list("Of a rejected job: all that is wrong", _FINDING),
    "superseded_by": _text_or_null("The newer job"),
    "retry_of": _text_or_null("The first job, if this one is a retry"),
    "decision": _or_null(_DECISION),
    "source": _text("Where the package came from"),
    "door": {"enum": list(get_args(Door))},
    "accepted": _text("When the request came", **_TIME),
    "message_id": _text_or_null("The message that this answers"),
    "correlation_id": _text_or_null("Its correlation id"),
}
_CUT: Final = _list("Names of fields that were shortened to fit a message", {"type": "string"})


def _event(kind: str, type_: Schema, data: Schema) -> Schema:
    fields = {
        "specversion": {"const": "1.0"},
        "id": _text("The same each time that this is sent"),
        "source": _text("ARM id of the workspace"),
        "type": type_,
        "subject": _text("The endpoint's name; empty if it was never known"),
        "time": _text("When", **_TIME),
        "datacontenttype": {"const": "application/json"},
        "data": data,
    }
    return {"$schema": _DIALECT, "title": kind, **_object("CloudEvents 1.0, as JSON", fields)}


def _result() -> Schema:
    # A shortened field may be null, whatever it is otherwise.
    shortened = {
        name: schema if "enum" in schema else {"anyOf": [schema, {"type": "null"}]}
        for name, schema in _DATA.items()
    }
    data = _object("What became of the job", shortened)
    data["properties"]["cut"] = _CUT
    kinds = "|".join(get_args(JobKind))
    outcomes = "|".join(it.replace(" ", "-") for it in get_args(Outcome))
    pattern = rf"^sluice\.({kinds})\.({outcomes})$"
    return _event("The result of a job", _text("Kind and outcome", pattern=pattern), data)


def _drift() -> Schema:
    difference = {"what": _text("The property"), "asked": {}, "found": {}}
    last = {"job": _text("Its id"), "deployment": _text("Its name"), "digest": _text("Its hash")}
    data = {
        "endpoint": _text("Its name"),
        "release": _object("The last release", last),
        "differences": _list("All of them", _object("One", difference)),
        "since": _text("When they were first seen", **_TIME),
        "repair": _text_or_null("The job that puts the release back"),
    }
    told = _object("How the endpoint differs from its last release", data)
    return _event("An endpoint differs from its last release", {"const": TYPE}, told)


def _taken(model: type[BaseModel], title: str) -> Schema:
    return {"$schema": _DIALECT, **model.model_json_schema(), "title": title}


def _request() -> Schema:
    made = _taken(Asked, "A request")
    source = made["$defs"]["AskedSource"]
    for name in ("blob", "folder", "run", "endpoint"):
        source["properties"][name] = {"type": "string"}
    source["oneOf"] = [{"required": [it]} for it in ("blob", "folder", "run", "endpoint")]
    return made


def schemas() -> dict[str, Schema]:
    """Each schema, by the name of its file."""
    return {
        "manifest.json": manifest_schema(),
        "request.json": _request(),
        "decision.json": _taken(AskedDecision, "A decision about a job"),
        "result.json": _result(),
        "drift.json": _drift(),
    }


def text(schema: Mapping[str, Any]) -> str:
    """A schema as its file has it."""
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    for name, schema in schemas().items():
        (FOLDER / name).write_text(text(schema), encoding="utf-8")
