"""Derives types.json: what ARM knows of the properties that `infra/` sets.

Source: github.com/Azure/bicep-types-az (MIT licence), the types with which the Bicep compiler
checks templates. Run after a change of a resource's type, version or properties:

    python -m tests.unit.infra.derive_types FOLDER

FOLDER holds the files `types.json` of the versions that `infra/` uses, under any names.
Names and kinds alone are kept, and only of the objects that `infra/` writes.
"""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.unit.infra.bicep import Expression, templates

TYPES = Path(__file__).with_name("types.json")
_REQUIRED, _READ_ONLY = 1, 2
_OWN = {"scope", "parent", "dependsOn"}  # Bicep's, not ARM's


class _Known:
    """The types of one file. An open list of values is taken as closed."""

    def __init__(self, found: list[dict[str, Any]]) -> None:
        self._found = found

    def resource(self, name: str) -> dict[str, Any] | None:
        named = (it for it in self._found if it["$type"] == "ResourceType")
        it = next((it for it in named if it["name"].lower() == name.lower()), None)
        return None if it is None else self._at(it["body"])

    def shape(self, type_: dict[str, Any], values: list[Any]) -> Any:
        """The shape of the values: an object's properties, an array's item, or a literal's kind."""
        match type_["$type"]:
            case "ObjectType" | "DiscriminatedObjectType":
                return self._object(type_, [it for it in values if isinstance(it, dict)])
            case "ArrayType":
                inner = [one for it in values if isinstance(it, list) for one in it]
                inner += [it for it in values if isinstance(it, dict)]
                return [self.shape(self._at(type_["itemType"]), inner)]
            case "UnionType":
                options = [self._at(it) for it in type_["elements"]]
                literals = sorted(it["value"] for it in options if "value" in it)
                return f"one of {' | '.join(literals)}" if literals else "string"
            case "StringLiteralType":
                return f"one of {type_['value']}"
            case kind:
                return kind.removesuffix("Type").lower()

    def _object(self, type_: dict[str, Any], values: list[dict[str, Any]]) -> dict[str, Any]:
        shape: dict[str, Any] = {}
        for name, of in self._properties(type_, values):
            given = [it[name] for it in values if name in it]
            if of["flags"] & _READ_ONLY:
                continue
            if given or of["flags"] & _REQUIRED:
                key = f"{name}!" if of["flags"] & _REQUIRED else name
                shape[key] = _merged(shape.get(key), self.shape(self._at(of["type"]), given))
        if "additionalProperties" in type_:
            shape["*"] = self.shape(self._at(type_["additionalProperties"]), [])
        return shape

    def _properties(
        self, type_: dict[str, Any], values: list[dict[str, Any]]
    ) -> Iterator[tuple[str, Any]]:
        yield from type_.get("properties", type_.get("baseProperties", {})).items()
        if type_["$type"] == "DiscriminatedObjectType":
            for chosen in sorted({str(it.get(type_["discriminator"])) for it in values}):
                if chosen in type_["elements"]:
                    yield from self._at(type_["elements"][chosen])["properties"].items()

    def _at(self, reference: dict[str, str]) -> dict[str, Any]:
        return self._found[int(reference["$ref"].removeprefix("#/"))]


def _merged(one: Any, other: Any) -> Any:
    """The shape of a property that two kinds of an object have."""
    if one in (None, other):
        return other
    return f"{one} | {str(other).removeprefix('one of ')}" if isinstance(one, str) else other


def derive(folder: Path) -> dict[str, Any]:
    every = [_Known(json.loads(path.read_text())) for path in sorted(folder.glob("*.json"))]
    bodies: dict[str, list[Any]] = {}
    for template in templates():
        for it in template.resources:
            kept = {k: v for k, v in it.body.items() if k not in _OWN}
            bodies.setdefault(it.of, [])
            if not it.existing and not isinstance(it.body, Expression):
                bodies[it.of].append(kept)
    shapes = {}
    for name, values in sorted(bodies.items()):
        found = [(known, body) for known in every if (body := known.resource(name))]
        if not found:
            raise SystemExit(f"no file in {folder} has {name}")
        known, body = found[0]
        shapes[name] = known.shape(body, values)
    return shapes


if __name__ == "__main__":
    text = json.dumps(derive(Path(sys.argv[1])), indent=1, sort_keys=True)
    TYPES.write_text(text + "\n", encoding="utf-8")
