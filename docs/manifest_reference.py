"""Writes reference/manifest.md from the models: `make docs`."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from docs.az_ml_defaults import table
from shared.domain.manifest import manifest_schema

REFERENCE: Final = Path(__file__).parent / "reference"
PAGE: Final = REFERENCE / "manifest.md"

TOP: Final = """\
# The manifest, `deploy.yaml`

A manifest is optional: without one, a flow is deployed under its folder's or zip's name, with one \
instance and all outputs. A `deploy.yaml` beside the flow file changes that; the `manifest` of a \
request overrides it. az ml's own files beside the flow are used as they are, \
[whatever their names](../how-to/write-a-manifest.md#the-az-ml-files-that-you-have-already); where \
both set a field, `deploy.yaml` wins. Unknown fields are refused.

Editors complete the fields with the [JSON Schema](../../functions/schemas/manifest.json), which \
each app also serves: put \
`# yaml-language-server: $schema=https://APP.azurewebsites.net/api/schemas/manifest.json` into the \
first line.

`make docs` generates this page from the models.
"""


def page(schema: Mapping[str, Any]) -> str:
    """Return the reference as Markdown: a table for each section, without unused fields."""
    sections = [("deploy.yaml", schema), *schema["$defs"].items()]
    parts = (line for name, part in sections for line in _section(name, part))
    return "\n".join([TOP, *table(), *parts])


def _section(name: str, part: Mapping[str, Any]) -> Iterator[str]:
    yield f"## {name}"
    yield ""
    yield str(part.get("description", ""))
    yield ""
    yield "| field | type | meaning |"
    yield "| --- | --- | --- |"
    for field, schema in part["properties"].items():
        if not str(schema.get("description", "")).lower().startswith(("not used", "az ml's")):
            yield f"| `{field}` | {_type(schema)} | {schema.get('description', '')} |"
    yield ""


def _type(schema: Mapping[str, Any]) -> str:
    """Describe the type of a field briefly, without null."""
    if "anyOf" in schema:
        kinds = [_type(each) for each in schema["anyOf"] if each.get("type") != "null"]
        return " or ".join(kinds) + _default(schema)
    if "$ref" in schema:
        name = str(schema["$ref"]).rpartition("/")[2]
        return f"[{name}](#{name.lower()})"
    if "enum" in schema:
        return ", ".join(f"`{value}`" for value in schema["enum"])
    if schema.get("type") == "array":
        return f"list of {_type(schema['items'])}"
    if schema.get("type") == "object":
        return "map"
    return str(schema.get("type", "anything")) + _bounds(schema) + _default(schema)


def _bounds(schema: Mapping[str, Any]) -> str:
    words = {"minimum": "≥", "exclusiveMinimum": ">", "maximum": "≤", "exclusiveMaximum": "<"}
    found = [f"{sign} {schema[word]}" for word, sign in words.items() if word in schema]
    return f" ({', '.join(found)})" if found else ""


def _default(schema: Mapping[str, Any]) -> str:
    return f", default {schema['default']}" if schema.get("default") is not None else ""


def main() -> None:
    PAGE.write_text(page(manifest_schema()), encoding="utf-8")


if __name__ == "__main__":
    main()
