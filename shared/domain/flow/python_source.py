"""What Python sources say, read with ast: nothing of a flow is ever run or imported."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from shared.domain.errors import Finding, Severity

type Function = ast.FunctionDef | ast.AsyncFunctionDef
FUNCTION = (ast.FunctionDef, ast.AsyncFunctionDef)


@dataclass(frozen=True)
class Parameter:
    """A parameter: its name, the names in its annotation, and its default if it is a literal."""

    name: str
    types: tuple[str, ...]
    required: bool
    default: object = None


@dataclass(frozen=True)
class PythonSource:
    """One source file that parses."""

    file: str
    tree: ast.Module

    def tools(self) -> tuple[Function, ...]:
        """Functions and methods marked with promptflow's `@tool`."""
        return tuple(
            node for node in ast.walk(self.tree) if isinstance(node, FUNCTION) and _is_tool(node)
        )

    def tool_parameters(self) -> tuple[Parameter, ...]:
        """Parameters of the tools, and of the constructors of classes that hold tools."""
        found = list[Parameter]()
        for node in ast.walk(self.tree):
            if isinstance(node, ast.ClassDef):
                methods = [each for each in node.body if isinstance(each, FUNCTION)]
                for each in methods if any(_is_tool(method) for method in methods) else ():
                    if _is_tool(each) or each.name == "__init__":
                        found.extend(self.parameters(each, method=True))
            elif isinstance(node, FUNCTION) and _is_tool(node):
                found.extend(self.parameters(node))
        return tuple(found)

    def defined(self, name: str) -> Function | ast.ClassDef | None:
        """The function or class of that name at the top of the file."""
        for node in self.tree.body:
            if isinstance(node, (*FUNCTION, ast.ClassDef)) and node.name == name:
                return node
        return None

    def takes_in(self, name: str) -> bool:
        """Whether the file imports or assigns that name at its top, or imports all of a module."""
        imported = {a.asname or a.name for n in self._imports() for a in n.names}
        assigned = {
            name
            for node in self.tree.body
            if isinstance(node, ast.Assign)
            for target in node.targets
            for name in _names(target)
        }
        return not imported.union(assigned).isdisjoint({name, "*"})

    def mentions(self, name: str) -> int | None:
        """The line where a name is imported or called, or None."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.ImportFrom) and any(each.name == name for each in node.names):
                return node.lineno
            if isinstance(node, ast.Call) and name in _names(node.func):
                return node.lineno
        return None

    def parameters(self, function: Function, *, method: bool = False) -> tuple[Parameter, ...]:
        """Its parameters, without `self`, `*args` and `**kwargs`."""
        given = function.args
        ordered = [*given.posonlyargs, *given.args]
        missing = len(ordered) - len(given.defaults)
        defaults = [*[None] * missing, *given.defaults]
        pairs = [*zip(ordered, defaults, strict=True)][1 if method else 0 :]
        pairs += zip(given.kwonlyargs, given.kw_defaults, strict=True)
        return tuple(self._parameter(arg, default) for arg, default in pairs)

    def answers(self, function: Function) -> tuple[str, ...]:
        """Names in the annotation of what a function returns, outermost first."""
        return _names(function.returns)

    def _parameter(self, arg: ast.arg, default: ast.expr | None) -> Parameter:
        types = tuple(self._aliases.get(name, name) for name in _names(arg.annotation))
        return Parameter(arg.arg, types, default is None, _literal(default))

    def strong_connections(self) -> frozenset[str]:
        """Classes of the file that are connections of its own making."""
        return frozenset(
            node.name
            for node in self.tree.body
            if isinstance(node, ast.ClassDef)
            and any("CustomStrongTypeConnection" in _names(base) for base in node.bases)
        )

    @cached_property
    def _aliases(self) -> dict[str, str]:
        return {a.asname: a.name for n in self._imports() for a in n.names if a.asname}

    def _imports(self) -> Iterator[ast.Import | ast.ImportFrom]:
        return (n for n in self.tree.body if isinstance(n, ast.Import | ast.ImportFrom))


def parse_python(
    text: str, file: str, severity: Severity = "error"
) -> tuple[PythonSource | None, tuple[Finding, ...]]:
    """Parses a source; what is no Python becomes a finding."""
    try:
        return PythonSource(file, ast.parse(text)), ()
    except SyntaxError as error:
        cause = f"a syntax error: {error.msg}"
        return None, (Finding(file, error.lineno, cause, "Correct the source", severity),)
    except (ValueError, RecursionError, MemoryError) as error:
        cause = f"cannot be parsed: {type(error).__name__}"
        return None, (Finding(file, None, cause, "Write it more simply", severity),)


def _is_tool(function: Function) -> bool:
    return any(
        "tool" in _names(each.func if isinstance(each, ast.Call) else each)
        for each in function.decorator_list
    )


def _names(node: ast.expr | None) -> tuple[str, ...]:
    """All names in an expression, outermost first, annotations in quotes included."""
    found = list[str]()
    for each in ast.walk(node) if node is not None else ():
        if isinstance(each, ast.Name):
            found.append(each.id)
        elif isinstance(each, ast.Attribute):
            found.append(each.attr)
        elif isinstance(each, ast.Constant) and isinstance(each.value, str):
            found.extend(re.findall(r"\w+", each.value))
    return tuple(found)


def _literal(node: ast.expr | None) -> object:
    try:
        return ast.literal_eval(node) if node is not None else None
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
        return None
