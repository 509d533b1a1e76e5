"""Properties of resources, against those that Azure Resource Manager knows for their version."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests.unit.infra.bicep import Declared, Expression, Template, templates
from tests.unit.infra.derive_types import TYPES

KNOWN = json.loads(TYPES.read_text(encoding="utf-8"))
_OWN = {"scope", "parent", "dependsOn"}  # Bicep's, not ARM's


@pytest.mark.parametrize(
    ("template", "resource"),
    [(it, one) for it in templates() for one in it.resources],
    ids=lambda it: it.path.stem if isinstance(it, Template) else it.name,
)
def test_a_resource_has_only_known_properties_and_all_required_ones(
    template: Template, resource: Declared
):
    del template
    assert resource.of in KNOWN, "run derive_types.py"
    body = {k: v for k, v in resource.body.items() if k not in _OWN}
    if not resource.existing:
        assert list(_wrong(resource.of, KNOWN[resource.of], body)) == []


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ({"name": "a", "location": "b", "kind": "BlobStorage"}, "sku is missing"),
        (
            {"name": "a", "location": "b", "kind": "StorageV2", "sku": {"nam": "c"}},
            "sku.nam is unknown",
        ),
        ({"properties": {"allowSharedKeyAccess": "no"}}, "allowSharedKeyAccess is no boolean"),
        ({"properties": {"publicNetworkAccess": "Off"}}, "publicNetworkAccess is no one of"),
    ],
)
def test_a_wrong_property_would_be_found(body: dict[str, Any], told: str):
    shape = KNOWN["Microsoft.Storage/storageAccounts@2024-01-01"]
    assert [it for it in _wrong("account", shape, body) if told in it]


def _wrong(at: str, shape: Any, given: Any) -> Iterator[str]:
    match shape:
        case _ if isinstance(given, Expression):
            return  # its value is known on Azure only
        case dict() if isinstance(given, dict):
            yield from _wrong_object(at, shape, given)
        case [item] if isinstance(given, list):
            for i, one in enumerate(given):
                yield from _wrong(f"{at}[{i}]", item, one)
        case [item] if isinstance(given, dict):  # the body of a loop
            yield from _wrong(f"{at}[]", item, given)
        case str() if shape == "any" or _fits(shape, given):
            return
        case _:
            yield f"{at} is no {shape}"


def _wrong_object(at: str, shape: dict[str, Any], given: dict[str, Any]) -> Iterator[str]:
    names = {name.rstrip("!"): inner for name, inner in shape.items()}
    for name, value in given.items():
        if name in names or "*" in names:
            yield from _wrong(f"{at}.{name}", names.get(name, names.get("*")), value)
        else:
            yield f"{at}.{name} is unknown"
    for name in shape:
        if name.endswith("!") and name[:-1] not in given:
            yield f"{at}.{name[:-1]} is missing"


def _fits(shape: str, given: Any) -> bool:
    match shape:
        case "boolean":
            return isinstance(given, bool)
        case "integer":
            return isinstance(given, int) and not isinstance(given, bool)
        case "string":
            return isinstance(given, str)
        case _:
            return given in shape.removeprefix("one of ").split(" | ")
