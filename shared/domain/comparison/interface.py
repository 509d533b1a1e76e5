"""What an OpenAPI document tells of a deployment: names and types of inputs and outputs.

Prompt flow serves OpenAPI 3, the inference server also Swagger 2. Documents come from containers
that are not trusted: what cannot be read is not known, and nothing is followed without end.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

_MOST_LINKS = 10
_JSON = "application/json"
_TYPES = ("array", "boolean", "integer", "number", "object", "string")


@dataclass(frozen=True)
class Fields:
    """The named values of a request or an answer.

    Args:
        types: JSON Schema's type of each name; empty where it is not told.
        required: names that must be there.
        more: other names may be there as well.
    """

    types: Mapping[str, str]
    required: frozenset[str] = frozenset()
    more: bool = True


@dataclass(frozen=True)
class Interface:
    """None for what the document does not tell."""

    inputs: Fields | None = None
    outputs: Fields | None = None


def read_interface(document: Any) -> Interface:
    """Read an OpenAPI document; whatever is not one tells nothing."""
    post = _scoring(document)
    request = _at(post, "requestBody", "content", _JSON, "schema")
    if request is None:
        given = post.get("parameters")
        bodies = [it for it in given if _at(it, "in") == "body"] if isinstance(given, list) else []
        request = _at(bodies[0], "schema") if bodies else None
    answer = _followed(document, _at(post, "responses", "200"))
    told = _at(answer, "content", _JSON, "schema") or _at(answer, "schema")
    return Interface(_fields(document, request), _fields(document, told))


def _scoring(document: Any) -> Mapping[str, Any]:
    """The operation that scores: POST of `/score`, else the first POST."""
    paths = _at(document, "paths")
    if not isinstance(paths, Mapping):
        return {}
    places = [path for path in paths if str(path).rstrip("/").endswith("/score")]
    found = (_at(paths, path, "post") for path in (*places, *paths))
    return next((it for it in found if isinstance(it, Mapping)), {})


def _fields(document: Any, schema: Any) -> Fields | None:
    schema = _followed(document, schema)
    named = _at(schema, "properties")
    if not isinstance(named, Mapping) or not named:
        return None
    types = {str(name): _type(_followed(document, it)) for name, it in named.items()}
    required = schema.get("required")
    return Fields(
        types,
        frozenset(it for it in required if it in types)
        if isinstance(required, list)
        else frozenset(),
        more=schema.get("additionalProperties") is not False,
    )


def _type(schema: Any) -> str:
    told = _at(schema, "type")
    return told if told in _TYPES else ""


def _followed(document: Any, schema: Any) -> Any:
    """Follow links inside the document (`#/definitions/Name`)."""
    for _ in range(_MOST_LINKS):
        link = _at(schema, "$ref")
        if not isinstance(link, str):
            return schema
        schema = _at(document, *link.removeprefix("#/").split("/")) if link[:2] == "#/" else None
    return None


def _at(value: Any, *names: str) -> Any:
    for name in names:
        value = value.get(name) if isinstance(value, Mapping) else None
    return value
