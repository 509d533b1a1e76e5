"""Writes reference/diagnoses.md from the table of diagnoses: `make docs`."""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from shared.domain.diagnoses import creation, own_rights, permissions, scoring, sluice, startup
from shared.domain.diagnosis import Row

PAGE: Final = Path(__file__).parent / "reference" / "diagnoses.md"

TOP: Final = """\
# Diagnoses

A failed job's result has a `diagnosis`: the cause, what to do, a page to read, and the raw error \
with the end of the container's log, cut to its last traceback or its last lines. The rows below \
are all that Sluice knows, in the order in which they are tried; the first that fits is told. A \
failure that no row knows says so, with the raw error.

Codes are Azure's own, except `SmokeTest` (an endpoint's answer), `GrantLimit`, `TimeLimit`, \
`NotAsAsked` and `Unreachable` (Sluice's). Where a role may be missing, the step is tried again \
while a new grant may still be on its way (`PROPAGATION_MINUTES`). Where Sluice itself lacks a \
right, the remedy names the action, the scope and, where both are known, the \
`az role assignment create` that gives it.

This page is made from the table by `make docs`.
"""
_THEMES: Final = (
    ("What Sluice itself finds", sluice.ROWS),
    ("What Sluice may not do", own_rights.ROWS),
    ("What the endpoint's identity may not do", permissions.ROWS),
    ("Why a container does not start, or its flow does not load", startup.ROWS),
    ("What Azure ML refuses or fails to make", creation.ROWS),
    ("What a call to the scoring URI answers", scoring.ROWS),
)


def page() -> str:
    """The reference as Markdown: a table for each theme."""
    parts = [TOP]
    for title, rows in _THEMES:
        parts += [f"## {title}", "", "| case | looks like | cause | remedy |"]
        parts += ["| --- | --- | --- | --- |", *(_line(row) for row in rows), ""]
    return "\n".join(parts)


def _line(row: Row) -> str:
    waits = " (may be not in force yet)" if row.permission else ""
    cells = (f"[{row.name}]({row.page})", "; ".join(_seen(row)), row.cause + waits, row.remedy)
    return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"


def _seen(row: Row) -> Iterator[str]:
    seen = row.seen
    yield f"`{seen.code}`" + (f" {seen.status}" if seen.status else "")
    for text in (seen.message, seen.log):
        if text:
            yield f"“{' '.join(text.split())}”"


def main() -> None:
    PAGE.write_text(page(), encoding="utf-8")


if __name__ == "__main__":
    main()
