"""What the names at the top of a Python source stand for, as far as its syntax tree tells."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field

type Function = ast.FunctionDef | ast.AsyncFunctionDef
FUNCTION = (ast.FunctionDef, ast.AsyncFunctionDef)
type Bound = Function | ast.ClassDef | ast.expr
"""What a name was given last: a definition, or the value of an assignment."""


@dataclass(frozen=True)
class Names:
    """The names of one module.

    Attributes:
        imported: Where a name was imported from, with dots: `t` may be `promptflow.core.tool`.
        bound: What the file itself gives a name.
        starred: Modules of which everything is imported.
    """

    imported: dict[str, str] = field(default_factory=dict)
    bound: dict[str, Bound] = field(default_factory=dict)
    starred: list[str] = field(default_factory=list)

    def origin(self, node: ast.AST | None) -> str | None:
        """The dotted name that an expression like `t` or `core.tool` was imported under."""
        if isinstance(node, ast.Attribute):
            inner = self.origin(node.value)
            return f"{inner}.{node.attr}" if inner else None
        if isinstance(node, ast.Name) and node.id not in self.bound:
            return self.imported.get(node.id)
        return None

    def lead(self, name: str) -> Bound | None:
        """What a name stands for in the end, where one name is given another's value."""
        for _ in range(len(self.bound) + 1):
            to = self.bound.get(name)
            if not isinstance(to, ast.Name):
                return to
            name = to.id
        return None

    def knows(self, name: str) -> bool:
        """Whether the name is there, or may be."""
        return name in self.bound or name in self.imported or bool(self.starred)


def names_of(tree: ast.Module) -> Names:
    """Reads them statement by statement; the last one to give a name wins."""
    names = Names()
    for each in statements(tree.body):
        _take(each, names)
    return names


def statements(body: list[ast.stmt]) -> Iterator[ast.stmt]:
    """All statements that run when the module is loaded: those in `if`, `try` and `with` too."""
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
