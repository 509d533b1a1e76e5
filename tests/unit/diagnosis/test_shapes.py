"""Each error of Azure is recognised in each of its shapes."""

import pytest

from docs.diagnosis_shapes import SHAPES, found_in, from_azure
from shared.domain.diagnosis.diagnosis import ROWS, Row, Signal

CASES = [(row, seen) for row in ROWS for seen in from_azure(row)]


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize(("row", "seen"), CASES, ids=lambda it: getattr(it, "name", ""))
def test_a_row_matches_every_shape_of_its_error(row: Row, seen: Signal, shape: str):
    found = found_in(seen, SHAPES[shape])

    assert found is not None
    assert found.name == row.name
