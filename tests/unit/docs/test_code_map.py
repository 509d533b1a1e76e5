import ast
import re
from pathlib import Path

from docs.code_map import PAGE, ROOMS, page

ROOT = Path(__file__).parents[3]
WALK = ROOT / "docs" / "explanation" / "one-flow-file-by-file.md"


def test_the_code_map_matches_the_imports() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "run `make docs`"


def test_every_folder_of_the_domain_and_of_the_steps_is_a_room() -> None:
    folders = {
        init.parent.relative_to(ROOT).as_posix()
        for layer in ("domain", "steps")
        for init in (ROOT / "shared" / layer).glob("*/__init__.py")
    }
    assert folders <= set(ROOMS)


def test_every_file_and_function_of_the_walk_exists() -> None:
    named = re.findall(r"`([\w/]+\.py)(?:::(\w+))?`", WALK.read_text(encoding="utf-8"))
    assert len(named) > 25
    missing = [f"{file}::{name}" for file, name in named if name not in _names(ROOT / file)]
    assert missing == []


def _names(file: Path) -> set[str]:
    """The functions and classes of a file, and the empty name if it exists."""
    if not file.is_file():
        return set()
    tree = ast.parse(file.read_text(encoding="utf-8"))
    defined = (it for it in tree.body if isinstance(it, ast.FunctionDef | ast.ClassDef))
    return {"", *(it.name for it in defined)}
