"""The grid: every folder by its name."""

from collections.abc import Iterator
from functools import cache
from pathlib import Path

from tests.flow_grid import dag_cases, flex_cases, prompty_cases, tool_cases

type Files = dict[str, str]


@cache
def grid() -> dict[str, Files]:
    """Return all folders, as texts by path."""
    return dict(_all())


def write(files: Files, folder: Path) -> None:
    """Write a folder of the grid to disk."""
    folder.mkdir(parents=True)
    for path, text in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, newline="")


def _all() -> Iterator[tuple[str, Files]]:
    parts = {"dag": dag_cases, "tool": tool_cases, "flex": flex_cases, "prompty": prompty_cases}
    for kind, part in parts.items():
        for name, files in part.cases():
            yield f"{kind}/{name}", files
