from docs.diagnoses_reference import PAGE, page
from shared.domain.diagnosis.diagnosis import ROWS


def test_the_reference_of_diagnoses_matches_the_table() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "run `make docs`"
    assert page().count("\n| [") == len(ROWS)
    assert "not found**" not in page()
