"""Resolve the top-level names of a Python source through its syntax tree."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field

type Function = ast.FunctionDef | ast.AsyncFunctionDef
FUNCTION = (ast.FunctionDef, ast.AsyncFunctionDef)
type Bound = Function | ast.ClassDef | ast.expr
"""The last definition or assigned value of a name."""


@dataclass(frozen=True)
class Names:
    """The names of one module.

    Attributes:
        imported: Dotted origin of imported names: `t` may be `promptflow.core.tool`.
        bound: Names that the file itself defines.
        starred: Modules with `import *`.
    """

    imported: dict[str, str] = field(default_factory=dict)
    bound: dict[str, Bound] = field(default_factory=dict)
    starred: list[str] = field(default_factory=list)

    def origin(self, node: ast.AST | None) -> str | None:
        """Return the dotted origin of an expression like `t` or `core.tool`, or None."""
        if isinstance(node, ast.Attribute):
            inner = self.origin(node.value)
            return f"{inner}.{node.attr}" if inner else None
        if isinstance(node, ast.Name) and node.id not in self.bound:
            return self.imported.get(node.id)
        return None

    def lead(self, name: str) -> Bound | None:
        """Return the definition of a name, following assignments from name to name."""
        for _ in range(len(self.bound) + 1):
            to = self.bound.get(name)
            if not isinstance(to, ast.Name):
                return to
            name = to.id
        return None

    def knows(self, name: str) -> bool:
        """Return whether the name exists, or may exist."""
        return name in self.bound or name in self.imported or bool(self.starred)


def names_of(tree: ast.Module) -> Names:
    """Read the names statement by statement; the last definition wins."""
    names = Names()
    for each in statements(tree.body):
        _take(each, names)
    return names


def statements(body: list[ast.stmt]) -> Iterator[ast.stmt]:
    """Yield all statements that run on import, also those in `if`, `try` and `with`."""
    waiting = list(reversed(body))
    while waiting:
        each = waiting.pop()
        yield each
        if isinstance(each, (*FUNCTION, ast.ClassDef)):
            continue
        inner = [it for it in ast.iter_child_nodes(each) if isinstance(it, _HOLDERS)]
        for held in reversed(inner):
            below = held.body if isinstance(held, ast.ExceptHandler | ast.match_case) else [held]
            waiting.extend(reversed(below))


_HOLDERS = (ast.stmt, ast.ExceptHandler, ast.match_case)


def _take(each: ast.stmt, names: Names) -> None:
    if isinstance(each, ast.Import | ast.ImportFrom):
        _take_import(each, names)
    elif isinstance(each, (*FUNCTION, ast.ClassDef)):
        names.bound[each.name] = each
    elif isinstance(each, ast.Delete):
        for target in each.targets:
            names.bound.pop(getattr(target, "id", ""), None)
    elif isinstance(each, ast.Assign | ast.AnnAssign) and each.value is not None:
        targets = each.targets if isinstance(each, ast.Assign) else [each.target]
        names.bound.update({it.id: each.value for it in targets if isinstance(it, ast.Name)})


def _take_import(each: ast.Import | ast.ImportFrom, names: Names) -> None:
    module = "." * each.level + (each.module or "") if isinstance(each, ast.ImportFrom) else None
    for it in each.names:
        if it.name == "*":
            names.starred.append(module or "")
            continue
        if module is not None:
            name, origin = it.asname or it.name, f"{module}.{it.name}"
        else:  # `import a.b` gives the name `a`
            top = it.name.partition(".")[0]
            name, origin = it.asname or top, it.name if it.asname else top
        names.imported[name] = origin
        names.bound.pop(name, None)
