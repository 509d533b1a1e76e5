"""An orchestrator is replayed, so its code may not look at the world: clock, chance, I/O."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
ORCHESTRATORS = ("functions/deploy.py", "functions/fold.py")
FORBIDDEN_MODULES = frozenset(
    {
        "asyncio", "http", "io", "logging", "os", "random", "requests", "secrets",
        "shutil", "socket", "subprocess", "tempfile", "threading", "time", "urllib",
    }
)  # fmt: skip
FORBIDDEN_CALLS = frozenset(
    {"now", "utcnow", "today", "uuid1", "uuid4", "open", "read_text", "input", "print", "getenv"}
)


def modules_of(path: Path) -> Iterator[Path]:
    """Yield an orchestrator's module, and those of the project that it imports, in turn."""
    seen, left = set[Path](), [path]
    while left:
        module = left.pop()
        if module in seen:
            continue
        seen.add(module)
        yield module
        left += [it for it in map(_file_of, imports(module.read_text(encoding="utf-8"))) if it]


def imports(source: str) -> Iterator[str]:
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (it.name for it in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module


def faults(source: str) -> list[str]:
    """What in a module's code would not be the same at a replay."""
    wrong = [it for it in imports(source) if it.partition(".")[0] in FORBIDDEN_MODULES]
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call):
            name = node.func.attr if isinstance(node.func, ast.Attribute) else None
            name = node.func.id if isinstance(node.func, ast.Name) else name
            if name in FORBIDDEN_CALLS:
                wrong.append(f"{name}() in line {node.lineno}")
    return wrong


def _file_of(module: str) -> Path | None:
    path = ROOT / f"{module.replace('.', '/')}.py"
    return path if path.exists() and module.startswith(("functions", "shared")) else None


@pytest.mark.parametrize("name", ORCHESTRATORS)
def test_an_orchestrator_and_what_it_imports_read_no_clock_chance_or_file(name: str) -> None:
    modules = list(modules_of(ROOT / name))

    assert len(modules) > 10
    wrong = {str(it.relative_to(ROOT)): faults(it.read_text(encoding="utf-8")) for it in modules}
    assert {name: found for name, found in wrong.items() if found} == {}


@pytest.mark.parametrize(
    "code",
    ["import time", "from os import environ", "datetime.now(UTC)", "open('x')", "uuid.uuid4()"],
)
def test_the_rule_finds_what_it_forbids(code: str) -> None:
    assert faults(code)
