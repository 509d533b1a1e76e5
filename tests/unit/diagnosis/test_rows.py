import pytest

from shared.domain.azure.error import parse_azure_error
from shared.domain.diagnosis.diagnosis import ROWS, Row, Signal, diagnose


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_each_row_matches_its_examples(row: Row) -> None:
    for seen in row.examples:
        found = next(each for each in ROWS if each.fits(seen))

        assert found.name == row.name
        assert diagnose(seen).cause == row.cause
        assert diagnose(seen).remedy.startswith(row.remedy)
    assert row.page.startswith("https://")


def test_row_names_are_unique() -> None:
    names = [row.name for row in ROWS]
    assert sorted(set(names)) == sorted(names)


def test_an_unknown_failure_is_reported_raw_with_the_end_of_the_log() -> None:
    found = diagnose(Signal("NeverSeen", "a riddle", "first\nlast", "Create deployment d"))

    assert "NeverSeen" in found.cause
    assert "No known case" in found.remedy
    assert (found.message, found.step) == ("a riddle", "Create deployment d")
    assert found.log.endswith("last")


def test_an_unknown_failure_without_a_code_is_reported_by_its_message() -> None:
    assert diagnose(Signal("", "hello is Failed\nmore")).cause == "Azure refused: hello is Failed"
    assert len(diagnose(Signal("", "x" * 9_000)).cause) < 300


def test_an_operation_error_without_a_code_is_reported_by_its_message() -> None:
    error = parse_azure_error({"code": None, "message": "The instances fell asleep.\nmore"})
    cause = diagnose(Signal(error.code, error.message)).cause
    assert cause == "Azure refused: The instances fell asleep."
