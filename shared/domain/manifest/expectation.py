"""Compare an answer with a smoke test's expectation."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from shared.domain.manifest.smoke_test import Expectation
from shared.domain.parsing.text import cut

# Keywords that refer to other places or may never end; schemas come from strangers.
_REFUSED = ("$ref", "$dynamicRef", "$recursiveRef", "pattern", "patternProperties")
# Keywords that compare a part with itself again and again.
_REFUSED_ALWAYS = ("unevaluatedProperties", "unevaluatedItems", "uniqueItems")
_DEEPEST = 20
_MOST = 2_000
"""Most mappings, lists and values in a schema; each takes a hundred steps to check."""


def unmet(expect: Expectation | None, answer: Any, seconds: float = 0.0) -> str | None:
    """Return why the answer does not meet the expectation, or None.

    Args:
        expect: The expectation; None accepts every answer.
        answer: The response's body, as JSON values.
        seconds: How long the answer took.
    """
    if expect is None:
        return None
    where, seen = "the answer", answer
    if expect.output is not None:
        where = f"the output '{expect.output}'"
        if not isinstance(answer, Mapping) or expect.output not in answer:
            return f"{where} is not in the answer: {cut(_text(answer))}"
        seen = answer[expect.output]
    return next(_differences(expect, where, seen), None) or _too_slow(expect, seconds)


def schema_problem(schema: Mapping[str, Any]) -> str | None:
    """Return why a JSON Schema cannot be used, or None."""
    from jsonschema import SchemaError  # noqa: PLC0415 - slow to import, and few manifests have one
    from jsonschema.validators import validator_for  # noqa: PLC0415

    if not _bounded(schema):
        return f"it has more than {_MOST} values or {_DEEPEST} levels"
    if "draft-03" in str(schema.get("$schema")):
        return "the draft in '$schema' is not supported"
    taken = next(_refused(schema), None)
    if taken is not None:
        return f"'{taken}' is not supported"
    try:
        validator_for(schema).check_schema(schema)
    except SchemaError as error:
        return f"it is not a JSON Schema: {cut(error.message)}"
    return None


def _differences(expect: Expectation, where: str, seen: Any) -> Iterator[str]:
    text = _text(seen)
    if expect.contains is not None and expect.contains.lower() not in text.lower():
        yield f"{where} does not contain '{expect.contains}': {cut(text)}"
    if "equals" in expect.model_fields_set and not same_json(seen, expect.equals):
        wanted = json.dumps(expect.equals, ensure_ascii=False, default=str)
        yield f"{where} is not {cut(wanted)} but {cut(text)}"
    if expect.json_schema is not None:
        yield from _schema_faults(expect.json_schema, where, seen)


def same_json(one: Any, other: Any) -> bool:
    """Return whether two JSON values are equal. Unlike in Python, 1 is not `true`.

    1 and 1.0 are equal.
    """
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        return one.keys() == other.keys() and all(same_json(one[it], other[it]) for it in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(same_json, one, other))
    return isinstance(one, bool) is isinstance(other, bool) and bool(one == other)


def _schema_faults(schema: Mapping[str, Any], where: str, seen: Any) -> Iterator[str]:
    from jsonschema.validators import validator_for  # noqa: PLC0415 - slow to import

    for error in validator_for(schema)(schema).iter_errors(seen):
        at = "" if error.json_path == "$" else f" at {error.json_path}"
        yield f"{where} does not fit the JSON Schema{at}: {cut(error.message)}"


def _too_slow(expect: Expectation, seconds: float) -> str | None:
    limit = expect.max_latency_ms
    if limit is None or seconds * 1000 <= limit:
        return None
    return f"the answer took {seconds * 1000:.0f} ms, more than {limit} ms"


def _bounded(schema: Any) -> bool:
    level, count, depth = [schema], 0, 0
    while level and count <= _MOST and depth <= _DEEPEST:
        count += len(level)
        depth += 1
        level = [
            child
            for each in level
            if isinstance(each, Mapping | list)
            for child in (each.values() if isinstance(each, Mapping) else each)
        ]
    return not level and count <= _MOST


def _refused(schema: Any) -> Iterator[str]:
    if isinstance(schema, Mapping):
        for key, value in schema.items():
            if key in _REFUSED and (isinstance(value, str) or key == "patternProperties"):
                yield str(key)
            if key in _REFUSED_ALWAYS:
                yield str(key)
            yield from _refused(value)
    elif isinstance(schema, list):
        for each in schema:
            yield from _refused(each)


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
