"""Writes reference/manifest.md and reference/deploy.schema.json from the models: `make docs`."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from docs.az_ml_defaults import table
from shared.domain.manifest import manifest_schema

REFERENCE: Final = Path(__file__).parent / "reference"
SCHEMA: Final = REFERENCE / "deploy.schema.json"
PAGE: Final = REFERENCE / "manifest.md"

TOP: Final = """\
# The manifest, `deploy.yaml`

A flow needs none: it is deployed under its folder's or zip's name, one instance, all outputs. A \
`deploy.yaml` beside the flow file says more; so does the `manifest` of a request, which is laid \
over it. az ml's own files beside the flow are taken as they are, \
[whatever their names](../how-to/write-a-manifest.md#the-az-ml-files-that-you-have-already); where \
both say something, `deploy.yaml` wins. Unknown fields are refused.

Editors complete it with the [JSON Schema](deploy.schema.json): put \
`# yaml-language-server: $schema=<path or URL of deploy.schema.json>` into its first line.

This page is made from the models by `make docs`.
"""


def page(schema: Mapping[str, Any]) -> str:
    """The reference as Markdown: a table for each section, fields without effect left out."""
    sections = [("deploy.yaml", schema), *schema["$defs"].items()]
    parts = (line for name, part in sections for line in _section(name, part))
    return "\n".join([TOP, *table(), *parts])


def _section(name: str, part: Mapping[str, Any]) -> Iterator[str]:
    yield f"## {name}"
    yield ""
    yield str(part.get("description", ""))
    yield ""
    yield "| field | takes | what it says |"
    yield "| --- | --- | --- |"
    for field, said in part["properties"].items():
        if not str(said.get("description", "")).lower().startswith(("not used", "az ml's")):
            yield f"| `{field}` | {_takes(said)} | {said.get('description', '')} |"
    yield ""


def _takes(said: Mapping[str, Any]) -> str:
    """What a field may hold, in few words; None, which is the same as nothing, is not said."""
    if "anyOf" in said:
        kinds = [_takes(each) for each in said["anyOf"] if each.get("type") != "null"]
        return " or ".join(kinds) + _default(said)
    if "$ref" in said:
        name = str(said["$ref"]).rpartition("/")[2]
        return f"[{name}](#{name.lower()})"
    if "enum" in said:
        return ", ".join(f"`{value}`" for value in said["enum"])
    if said.get("type") == "array":
        return f"list of {_takes(said['items'])}"
    if said.get("type") == "object":
        return "map"
    return str(said.get("type", "anything")) + _bounds(said) + _default(said)


def _bounds(said: Mapping[str, Any]) -> str:
    words = {"minimum": "≥", "exclusiveMinimum": ">", "maximum": "≤", "exclusiveMaximum": "<"}
    found = [f"{sign} {said[word]}" for word, sign in words.items() if word in said]
    return f" ({', '.join(found)})" if found else ""


def _default(said: Mapping[str, Any]) -> str:
    return f", default {said['default']}" if said.get("default") is not None else ""


def main() -> None:
    schema = manifest_schema()
    SCHEMA.write_text(json.dumps(schema, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    PAGE.write_text(page(schema), encoding="utf-8")


if __name__ == "__main__":
    main()
