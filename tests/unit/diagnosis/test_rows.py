import pytest

from shared.domain.diagnosis.diagnosis import ROWS, Row, Signal, diagnose


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_each_row_is_found_by_how_it_looks(row: Row) -> None:
    for seen in row.examples:
        found = next(each for each in ROWS if each.fits(seen))

        assert found.name == row.name
        assert diagnose(seen).cause == row.cause
        assert diagnose(seen).remedy.startswith(row.remedy)
    assert row.page.startswith("https://")


def test_no_two_rows_have_one_name() -> None:
    names = [row.name for row in ROWS]
    assert sorted(set(names)) == sorted(names)


def test_what_no_row_knows_is_told_as_it_is_with_the_end_of_the_log() -> None:
    found = diagnose(Signal("NeverSeen", "a riddle", "first\nlast", "Create deployment d"))

    assert "NeverSeen" in found.cause
    assert "No known case" in found.remedy
    assert (found.message, found.step) == ("a riddle", "Create deployment d")
    assert found.log.endswith("last")


def test_what_comes_without_a_code_is_told_in_its_own_words() -> None:
    assert diagnose(Signal("", "hello is Failed\nmore")).cause == "Azure refused: hello is Failed"
    assert len(diagnose(Signal("", "x" * 9_000)).cause) < 300
