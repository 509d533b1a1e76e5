"""Forbid clock, random, environment and I/O in orchestrators, and in what they import of Sluice.

An orchestration is replayed from its history, by another process and perhaps a newer Sluice. It
comes to the same end only if it reads nothing else. Run `python -m tests.determinism.lint`.
"""

import ast
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
ORCHESTRATORS = ("functions.doors.deploy", "functions.deploy", "functions.fold", "functions.settle")
OURS = ("functions", "shared")

_MODULES = frozenset(
    {
        *("asyncio", "azure", "concurrent", "ctypes", "getpass", "glob", "http", "importlib"),
        *("io", "locale", "logging", "multiprocessing", "os", "platform", "random", "requests"),
        *("secrets", "select", "shutil", "signal", "socket", "sqlite3", "ssl", "subprocess"),
        *("sys", "tempfile", "threading", "time", "urllib3", "zoneinfo"),
    }
)
_ALLOWED = frozenset({"azure.durable_functions"})
# What may be imported of these modules; their other parts do I/O, or are random.
_PARTS = {
    "pathlib": frozenset({"PurePath", "PurePosixPath", "PureWindowsPath"}),
    "urllib": frozenset({"parse"}),
    "uuid": frozenset({"NAMESPACE_URL", "UUID", "uuid5"}),
}
_CALLS = frozenset(
    {
        *("__import__", "breakpoint", "eval", "exec", "getenv", "hash", "id", "input", "open"),
        *("print", "read_bytes", "read_text", "uuid1", "uuid4", "write_bytes", "write_text"),
    }
)
_METHODS = {
    "datetime": frozenset({"now", "today", "utcnow"}),
    "date": frozenset({"today"}),
}


@dataclass(frozen=True)
class Finding:
    """Something that a replay may see differently."""

    place: str
    what: str

    def __str__(self) -> str:
        return f"{self.place}: {self.what}, and an orchestration that is replayed may see another"


def check(root: Path = ROOT, start: tuple[str, ...] = ORCHESTRATORS) -> list[Finding]:
    """Return what is forbidden in these modules, and in all that they import of ours."""
    found, left, seen = list[Finding](), list(start), set[str]()
    while left:
        module = left.pop()
        path = _path(root, module)
        if module in seen or path is None:
            continue
        seen.add(module)
        tree = ast.parse(path.read_text(encoding="utf-8"))
        place = path.relative_to(root).as_posix()
        found += [Finding(f"{place}:{line}", what) for line, what in _forbidden(tree)]
        left += [name for _, name in _imports(tree) if name.partition(".")[0] in OURS]
        left += _packages(module)
    return sorted(found, key=str)


def _path(root: Path, module: str) -> Path | None:
    base = root / module.replace(".", "/")
    return next(
        (it for it in (base.with_suffix(".py"), base / "__init__.py") if it.is_file()), None
    )


def _packages(module: str) -> list[str]:
    """The packages that hold a module: importing it runs them."""
    parts = module.split(".")
    return [".".join(parts[:end]) for end in range(1, len(parts))]


def _imports(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Every imported name in full; `from a.b import c` gives `a.b` and `a.b.c`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, it.name) for it in node.names)
        elif isinstance(node, ast.ImportFrom):
            if node.level:
                yield node.lineno, "importlib"  # a relative import; Sluice has none
            if node.module not in _PARTS:
                yield node.lineno, node.module or ""
            yield from ((node.lineno, f"{node.module}.{it.name}") for it in node.names)


def _forbidden(tree: ast.AST) -> Iterator[tuple[int, str]]:
    for line, name in _imports(tree):
        if name in _ALLOWED or any(name.startswith(f"{it}.") for it in _ALLOWED):
            continue
        top, _, rest = name.partition(".")
        if top in _MODULES or (top in _PARTS and rest.partition(".")[0] not in _PARTS[top]):
            yield line, f"It imports {name}"
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and _last(node.func) in _CALLS:
            yield node.lineno, f"It calls {_last(node.func)}"
        if isinstance(node, ast.Attribute) and node.attr in _METHODS.get(_last(node.value), ()):
            yield node.lineno, f"It reads the clock with {_last(node.value)}.{node.attr}"


def _last(node: ast.expr) -> str:
    """The last name before the attribute: `datetime` of `datetime.datetime.now`."""
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


if __name__ == "__main__":
    findings = check()
    print(*findings, sep="\n")
    sys.exit(bool(findings))
