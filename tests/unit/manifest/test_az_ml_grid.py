"""Sluice reads each field of an az ml file as azure-ai-ml does, or the difference is listed."""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any, Final

import pytest
from azure.ai.ml._schema._deployment.online.online_deployment import ManagedOnlineDeploymentSchema
from azure.ai.ml._schema._endpoint.online.online_endpoint import ManagedOnlineEndpointSchema
from marshmallow.fields import Nested

from tests.az_ml_grid.compare import Compared, compared
from tests.az_ml_grid.differences import LISTED, matches, reason
from tests.az_ml_grid.fields import DEPLOYMENT, ENDPOINT

_NOT_IN_FILES: Final = {"schema_ignored"}
_AS_A_WHOLE: Final = {"code_configuration", "creation_context"}
"""Fields that are refused or have no effect, whatever their value."""


@pytest.fixture(scope="module")
def grid(tmp_path_factory: pytest.TempPathFactory) -> list[Compared]:
    return list(compared(tmp_path_factory.mktemp("grid")))


def test_every_difference_from_az_ml_is_listed(grid: list[Compared]) -> None:
    silent = [
        (it.outcome, it.name, it.apart or (it.ours if it.outcome == "refused" else it.theirs))
        for it in grid
        if it.outcome in LISTED and reason(it.name, it.outcome) is None
    ]
    assert silent == []
    counted = Counter(it.outcome for it in grid)
    assert len(grid) >= 1_500
    assert counted["same"] >= 450
    assert counted["both refuse"] >= 600


def test_every_listed_difference_still_exists(grid: list[Compared]) -> None:
    stale = [
        (outcome, said)
        for outcome, listed in LISTED.items()
        for said in listed
        if not any(it.outcome == outcome and matches(said, it.name) for it in grid)
    ]
    assert stale == []


def test_fields_without_effect_give_a_warning(grid: list[Compared]) -> None:
    unused = [it for it in grid if "no effect here" in (reason(it.name, it.outcome) or "")]
    said = [it for it in unused if not it.name.endswith(("| null", "| nothing"))]
    assert len(said) > 50
    assert [it.name for it in said if not any("has no effect" in w for w in it.warnings)] == []


@pytest.mark.parametrize(
    ("schema", "tried"),
    [(ManagedOnlineEndpointSchema, ENDPOINT), (ManagedOnlineDeploymentSchema, DEPLOYMENT)],
)
def test_every_field_of_az_mls_schemas_is_in_the_grid(
    schema: Any, tried: Mapping[str, Any]
) -> None:
    paths = list(_fields(schema(context={"base_path": "."})))
    assert len(paths) > 15
    assert [it for it in paths if not any(_tries(line, it) for line in tried)] == []


def _fields(schema: Any, above: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    for name, field in schema.fields.items():
        if name in _NOT_IN_FILES:
            continue
        yield (*above, name)
        inner = getattr(field, "_experimental_field", field)
        if isinstance(inner, Nested) and name not in _AS_A_WHOLE:
            yield from _fields(inner.schema, (*above, name))


def _tries(line: str, path: tuple[str, ...]) -> bool:
    """Return whether the line sets that field, in any of the sections around it."""
    return line.startswith(f"{path[0]}:") and f"{path[-1]}: %s" in line
