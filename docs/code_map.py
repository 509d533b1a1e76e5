"""Renders code-map.md: the rooms of the code and which imports which, from the code itself.

To regenerate the page: `make docs`.
"""

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Final

PAGE: Final = Path(__file__).parent / "code-map.md"

_ROOT: Final = Path(__file__).parents[1]
ROOMS: Final = (
    "functions",
    "shared/steps",
    "shared/steps/intake",
    "shared/steps/deploy",
    "shared/steps/remove",
    "shared/steps/rollback",
    "shared/steps/decisions",
    "shared/steps/views",
    "shared/adapters",
    "shared/ports",
    "shared/package",
    "shared/domain/jobs",
    "shared/domain/planning",
    "shared/domain/release",
    "shared/domain/manifest",
    "shared/domain/kinds",
    "shared/domain/diagnosis",
    "shared/domain/requests",
    "shared/domain/access",
    "shared/domain/rollout",
    "shared/domain/comparison",
    "shared/domain/azure",
    "shared/domain/identifiers",
    "shared/domain/parsing",
)
_TOP: Final = """\
# Code map

A folder is a room: it says what its files are about and what they may import. `pyproject.toml` \
holds the rules (import-linter), `make docs` draws this page from the code. \
[One flow, file by file](explanation/one-flow-file-by-file.md) takes you through it.

An arrow means "imports"; one that follows from two others is left out. Everything may import the \
files directly in `shared/domain/` (errors, failures, masking of secrets). `shared/bootstrap.py` \
builds the adapters for `functions/`.
"""


def page() -> str:
    """The page as Markdown."""
    arrows = _reduced(_imports())
    lines = [_TOP, "```mermaid", "flowchart TD"]
    lines += [f'    {_id(room)}["{room.removeprefix("shared/")}"]' for room in ROOMS]
    lines += [f"    {_id(source)} --> {_id(target)}" for source, target in sorted(arrows)]
    lines += ["```", "", "| room | it holds |", "| --- | --- |"]
    lines += [f"| `{room}/` | {_summary(room)} |" for room in ROOMS]
    return "\n".join(lines) + "\n"


def _imports() -> set[tuple[str, str]]:
    """Pairs of rooms of which the first imports the second."""
    return {
        (room, target)
        for room in ROOMS
        for file in _files(room)
        for module in _imported(file)
        if (target := _room_of(module)) is not None and target != room
    }


def _imported(file: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module:
            yield node.module


def _room_of(module: str) -> str | None:
    """The innermost room that holds the module."""
    path = module.replace(".", "/")
    holding = [room for room in ROOMS if path == room or path.startswith(f"{room}/")]
    return max(holding, key=len, default=None)


def _reduced(arrows: set[tuple[str, str]]) -> set[tuple[str, str]]:
    """The arrows that do not follow from two or more others."""
    reached: dict[str, set[str]] = {}

    def reach(room: str) -> set[str]:
        if room not in reached:
            reached[room] = set()
            for source, target in arrows:
                if source == room:
                    reached[room] |= {target} | reach(target)
        return reached[room]

    return {
        (source, target)
        for source, target in arrows
        if not any(
            target in reach(other) for start, other in arrows if start == source and other != target
        )
    }


def _files(room: str) -> Iterator[Path]:
    """The room's files, without those of rooms inside it."""
    inner = [_ROOT / other for other in ROOMS if other.startswith(f"{room}/")]
    for file in sorted((_ROOT / room).rglob("*.py")):
        if not any(folder in file.parents for folder in inner):
            yield file


def _summary(room: str) -> str:
    docstring = ast.get_docstring(ast.parse((_ROOT / room / "__init__.py").read_text("utf-8")))
    return " ".join((docstring or "").split())


def _id(room: str) -> str:
    return room.replace("/", "_")


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
