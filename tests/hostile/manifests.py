"""Manifests: schemas of the smoke test, and the largest content that the limits allow."""

import json
from collections.abc import Iterator
from typing import Any

from tests.hostile.case import Case, Outcome, case

_DRAFTS = ("draft-03", "draft-04", "draft-06", "draft-07")


def cases() -> Iterator[Case]:
    for wrap in ("not", "items", "additionalProperties", "if", "contains", "propertyNames"):
        yield _schema(f"45 times {wrap}", _nested(wrap, 45))
    for wrap in ("allOf", "anyOf", "oneOf"):
        yield _schema(f"2 KB of {wrap}", _doubled(wrap, 7), "taken")
    for draft in _DRAFTS:
        content = {"$schema": f"http://json-schema.org/{draft}/schema#", **_nested("items", 18)}
        yield _schema(f"of {draft}", content, "refused" if draft == "draft-03" else "taken")
    yield _schema("that looks ahead", _nested("unevaluatedProperties", 8))
    yield _schema("that refers to itself", {"$ref": "#"})
    yield _schema("with a pattern", {"pattern": "a+b"})
    yield _schema("of 2,001 properties", {"properties": {f"p{n}": {} for n in range(2_001)}})
    yield _schema("with 5,000 values", {"enum": [{"a": n} for n in range(5_000)]})
    yield _schema("of a type that is none", {"type": 1})
    yield _manifest("21 samples", {"smoke_test": {"samples": [{"input": {"question": "a"}}] * 21}})
    yield _manifest("20 samples of 40 KB", {"smoke_test": {"samples": [_sample()] * 20}}, "taken")
    yield _manifest("20,000 fields that nobody knows", {f"endpoint{n}": 1 for n in range(20_000)})
    yield _manifest("unknown fields of 5 KB", {"deployment" * 500 + f"{n}": 1 for n in range(150)})
    yield _manifest(
        "20,000 tags", {"endpoint": {"tags": {f"t{n}": "x" for n in range(20_000)}}}, "either"
    )
    yield _manifest(
        "20,000 variables", {"deployment": {"environment_variables": _variables()}}, "either"
    )
    yield _manifest(
        "an instance type of 500 KB", {"deployment": {"instance_type": "S" * 500_000}}, "either"
    )
    yield _manifest(
        "outputs that are not there", {"flow": {"outputs": [f"o{n}" for n in range(9_000)]}}
    )
    yield _manifest(
        "inputs that are not there", {"smoke_test": {"input": {f"i{n}": n for n in range(9_000)}}}
    )
    yield _manifest("secrets that are not there", {"flow": {"include_secret_files": ["x"] * 9_000}})
    yield case(
        "manifest: both endings", lambda: {"deploy.yaml": "retain: 1", "deploy.yml": "retain: 1"}
    )


def _manifest(what: str, content: dict[str, Any], outcome: Outcome = "refused") -> Case:
    return case(f"manifest: {what}", lambda: {"deploy.yaml": json.dumps(content)}, outcome)


def _schema(what: str, schema: dict[str, Any], outcome: Outcome = "refused") -> Case:
    content = {"smoke_test": {"expect": {"json_schema": schema}}}
    return _manifest(f"a schema {what}", content, outcome)


def _nested(wrap: str, depth: int) -> dict[str, Any]:
    schema: dict[str, Any] = {"type": "string"}
    for _ in range(depth):
        schema = {wrap: schema}
    return schema


def _doubled(wrap: str, depth: int) -> dict[str, Any]:
    schema: dict[str, Any] = {"type": "string"}
    for _ in range(depth):
        schema = {wrap: [schema, schema]}
    return schema


def _sample() -> dict[str, Any]:
    return {"input": {"question": "x" * 40_000}}


def _variables() -> dict[str, str]:
    return {f"V{n}": "${{azureml://connections/c/credentials/key}}" for n in range(10_000)}
