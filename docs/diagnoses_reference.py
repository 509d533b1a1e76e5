"""Writes reference/diagnoses.md from the table of diagnoses: `make docs`."""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from docs.diagnosis_shapes import SHAPES, from_azure, is_found
from shared.domain.diagnosis.diagnosis import ROWS, Row
from shared.domain.diagnosis.rows import (
    creation,
    flow_packages,
    flow_start,
    own_rights,
    permissions,
    scoring,
    sluice,
    startup,
    subscription,
    uploads,
)

PAGE: Final = Path(__file__).parent / "reference" / "diagnoses.md"

TOP: Final = """\
# Diagnoses

A failed job's result has a `diagnosis`: the cause, what to do, a page to read, and the raw error \
with the end of the container's log, cut to its last traceback or its last lines. The rows below \
are tried in this order; the first that matches is reported. A failure that matches no row is \
reported as unknown, with the raw error.

Codes are Azure's own, except `SmokeTest` (an endpoint's answer), `GrantLimit`, `TimeLimit`, \
`NotAsAsked`, `GateFailed`, `NoVerdict`, `Aborted` and `Unreachable` (Sluice's). Where a role may \
be missing, the step is tried again while a new grant may still be on its way \
(`PROPAGATION_MINUTES`). Where Sluice itself lacks a \
right, the remedy names the action, the scope and, where both are known, the \
`az role assignment create` that gives it.

Signatures, tokens, keys and passwords in the raw error and in the log are masked (`***`).

`make docs` generates this page from the table.
"""
SHAPES_TOP: Final = """\
## Row by shape

Azure returns the same error in several shapes. Each example from Azure's control plane is read \
in each shape; `found` means that it is recognised as this row.

- **code**: `{"code": "ResourceNotReady", "message": "…"}`, of an operation or a refusal
- **head**: no code; the message begins with `ResourceNotReady: `
- **(None)**: no code; the message begins with `(None) ResourceNotReady: `
- **time and cause**: a generic code, then a time, that code again and the real one
- **text**: no code at all; only the link or the words identify it
- **create refused**: 400 `BadRequest`, details of `InferencingClientCreateDeploymentFailed`, JSON \
behind a text
- **call failed**: 400 `BadRequest`, details of `InferencingClientCallFailed`, JSON inside the text
- **call failed, coded**: the same with `{"error": {"code", "message"}}` as the JSON
- **detail**: 400 `BadRequest`, the code in a detail
"""
_THEMES: Final = (
    ("Found by Sluice itself", sluice.ROWS),
    ("Not allowed by subscription, policies or networks", subscription.ROWS),
    ("Not permitted to Sluice", own_rights.ROWS),
    ("Uploads refused by storage", uploads.ROWS),
    ("Not permitted to the endpoint's identity", permissions.ROWS),
    (
        "The container does not start, or the flow does not load",
        flow_packages.ROWS + flow_start.ROWS + startup.ROWS,
    ),
    ("Refused by Azure ML, or failed there", creation.ROWS),
    ("Errors of the scoring URI", scoring.ROWS),
)


def page() -> str:
    """Return the reference as Markdown: a table for each theme."""
    parts = [TOP]
    for title, rows in _THEMES:
        parts += [f"## {title}", "", "| case | looks like | cause | remedy |"]
        parts += ["| --- | --- | --- | --- |", *(_line(row) for row in rows), ""]
    return "\n".join([*parts, *_by_shape()])


def _by_shape() -> Iterator[str]:
    rows = [row for row in ROWS if from_azure(row)]
    yield SHAPES_TOP
    yield f"| case | {' | '.join(SHAPES)} |"
    yield f"| --- |{' --- |' * len(SHAPES)}"
    for row in rows:
        cells = ("found" if is_found(row, shape) else "**not found**" for shape in SHAPES.values())
        yield f"| {row.name} | {' | '.join(cells)} |"
    examples = sum(len(from_azure(row)) for row in rows)
    yield f"\n{len(rows)} rows, {examples} examples, {len(SHAPES)} shapes.\n"


def _line(row: Row) -> str:
    waits = " (or the role is not in force yet)" if row.needs else ""
    cells = (f"[{row.name}]({row.page})", "; ".join(_seen(row)), row.cause + waits, row.remedy)
    return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"


def _seen(row: Row) -> Iterator[str]:
    for seen in row.examples:
        yield f"`{seen.code}`" + (f" {seen.status}" if seen.status else "")
        for text in (seen.message, seen.log):
            if text:
                yield f"“{' '.join(text.split())}”"


def main() -> None:
    PAGE.write_text(page(), encoding="utf-8")


if __name__ == "__main__":
    main()
