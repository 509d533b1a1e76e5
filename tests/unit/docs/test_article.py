"""docs/reference/article.md: every row names a test, and every named test exists."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[3]
ARTICLE = ROOT / "docs/reference/article.md"
NAMED = re.compile(r"(tests/[\w/]+\.py)?((?:::test_\w+)?)")


def _rows() -> list[list[str]]:
    lines = ARTICLE.read_text().splitlines()
    rows = [[it.strip() for it in line.strip("|").split("|")] for line in lines if "|" in line]
    return [
        row for row in rows if row[0] and not set(row[0]) <= set("- ") and "offers" not in row[0]
    ]


def _named_tests(cell: str) -> list[tuple[str, str]]:
    """(file, test) of a cell; `::test_b` after a comma is in the file before it."""
    found, file = list[tuple[str, str]](), ""
    for named, test in NAMED.findall(cell):
        file = named or file
        if named or test:
            found.append((file, test.removeprefix("::")))
    return found


def test_every_row_names_a_test():
    rows = _rows()

    assert len(rows) > 40
    assert [row[0] for row in rows if len(row) != 3 or not _named_tests(row[2])] == []


def test_every_named_test_exists():
    missing = [
        f"{file}::{test}"
        for row in _rows()
        for file, test in _named_tests(row[2])
        if not (ROOT / file).is_file() or f"def {test}" not in (ROOT / file).read_text()
    ]

    assert missing == []
