import pytest

from bench.rows import THIRD, Row, table


@pytest.mark.parametrize(
    ("row", "reached"),
    [
        (Row("calls", 140, 45, most=45), True),
        (Row("calls", 140, 46, most=45), False),
        (Row("time", 2.1, 0.7, "s", part=THIRD), True),
        (Row("time", 2.1, 0.71, "s", part=THIRD), False),
        (Row("time", 2.0, 2.4, "s", part=1.2), True),
        (Row("time", 2.0, 2.5, "s", part=1.2), False),
        (Row("time", None, 0.7, "s", part=THIRD), None),
        (Row("time", 2.1, 0.7, "s"), None),
    ],
)
def test_a_row_says_whether_its_target_is_reached(row: Row, reached: bool | None):
    assert row.reached is reached


def test_a_table_has_both_figures_their_ratio_and_the_target():
    lines = [*table([Row("blob calls", 140, 42, most=45), Row("drop to result", 2, 0.5, "s")])]
    assert [line.split() for line in lines] == [
        ["figure", "older", "now", "ratio", "target", "reached"],
        ["blob", "calls", "140", "42", "0.30", "<=", "45", "yes"],
        ["drop", "to", "result", "2", "s", "0.50", "s", "0.25"],
    ]
    assert len({len(line) for line in lines}) == 1, "columns stand under each other"
