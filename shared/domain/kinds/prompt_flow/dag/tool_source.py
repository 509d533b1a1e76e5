"""Find the tool of a Python source, as the runtime does.

The runtime takes every function of the module itself with `@tool`, and methods of subclasses of
ToolProvider (promptflow 1.18,
`collect_tool_function_in_module`).
"""

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from shared.domain.errors import Finding
from shared.domain.kinds.prompt_flow.python.annotation import STRONG
from shared.domain.kinds.prompt_flow.python.signature import (
    Parameter,
    Signature,
    literal,
    signature_of,
)
from shared.domain.parsing.python.names import FUNCTION, Function, Names
from shared.domain.parsing.python.source import PythonSource

TYPES = ("llm", "python", "csharp", "prompt", "_action", "custom_llm")
_KEEPERS = frozenset({"promptflow.tracing.trace", "functools.wraps"})
"""Decorators that keep a tool a tool, or return a function that can become one."""


@dataclass(frozen=True)
class Tool:
    """One tool.

    Attributes:
        name: Name of the function.
        line: Line of its definition.
        signature: Its parameters.
        made_with: Parameters of the tool's class: their values must be literals.
    """

    name: str
    line: int
    signature: Signature
    made_with: Signature | None = None

    @property
    def parameters(self) -> tuple[Parameter, ...]:
        """All parameters that a node may set."""
        made = self.made_with.parameters if self.made_with else ()
        return (*made, *self.signature.parameters)


def read_tool(source: PythonSource) -> tuple[Tool | None, tuple[Finding, ...]]:
    """Find the one tool of a node's source; None if there is none or it cannot be seen."""
    names = source.names
    found = [*_functions(names), *_methods(names)]
    wrong = tuple(_wrong_types(source))
    if wrong:
        return None, wrong
    if len(found) == 1 or (_unseen(names) and not found):
        return (found[0] if found else None), ()
    named = ", ".join(each.name for each in found) or "none"
    cause = f"a node's source needs exactly one function with @tool; this one has {named}"
    if not found and (names.starred or names.imported):
        cause += "; one that is imported does not count"
    line = found[1].line if found else 1
    remedy = "Leave one function with promptflow's @tool in this file"
    return None, (Finding(source.file, line, cause, remedy),)


def _wrong_types(source: PythonSource) -> Iterator[Finding]:
    """Find `@tool(type="...")` with an unknown type, with which the source cannot be loaded."""
    for each in source.names.bound.values():
        for it in each.decorator_list if isinstance(each, FUNCTION) else ():
            said = {key.arg: literal(key.value) for key in getattr(it, "keywords", ())}
            marks = isinstance(it, ast.Call) and marks_tool(it.func, source.names)
            kind = said.get("type")
            if marks and isinstance(kind, str) and kind not in TYPES:
                cause = f"@tool has the unknown type '{kind}'"
                yield Finding(source.file, it.lineno, cause, f"Use {', '.join(TYPES)}")


def _functions(names: Names) -> Iterator[Tool]:
    for bound in names.bound:
        lead = names.lead(bound)
        if isinstance(lead, FUNCTION) and _is_tool(lead, names):
            yield Tool(lead.name, lead.lineno, signature_of(lead, names, bound=False))
        elif isinstance(lead, ast.Call) and marks_tool(lead.func, names) and lead.args:
            of = lead.args[0]
            inner = names.lead(of.id) if isinstance(of, ast.Name) else of
            if isinstance(inner, FUNCTION):  # a lambda has no name that the runtime could look up
                yield Tool(bound, lead.lineno, signature_of(inner, names, bound=False))


def _methods(names: Names) -> Iterator[Tool]:
    for lead in names.bound.values():
        if not (isinstance(lead, ast.ClassDef) and _provides(lead, names)):
            continue
        own = {each.name: each for each in lead.body if isinstance(each, FUNCTION)}
        init = own.get("__init__")
        made = signature_of(init, names, bound=True) if init else Signature()
        for each in own.values():
            if _is_tool(each, names):
                yield Tool(each.name, each.lineno, signature_of(each, names, bound=True), made)


def _provides(defined: ast.ClassDef, names: Names, deep: int = 0) -> bool:
    for base in defined.bases:
        origin = names.origin(base) or ""
        lead = names.lead(base.id) if isinstance(base, ast.Name) else None
        if origin.endswith("ToolProvider"):
            return True
        if isinstance(lead, ast.ClassDef) and deep < len(names.bound):
            return _provides(lead, names, deep + 1)
    return False


def _is_tool(function: Function, names: Names) -> bool:
    """Return whether the decorated function is a tool; a decorator outside `@tool` may undo it."""
    for each in function.decorator_list:
        called = each.func if isinstance(each, ast.Call) else each
        if marks_tool(called, names):
            return True
        if names.origin(called) not in _KEEPERS and _outside(called, names):
            return False
    return False


def _outside(called: ast.expr, names: Names) -> bool:
    """Return whether a decorator of the standard library does not return a function."""
    return (names.origin(called) or "").startswith("functools.") or (
        isinstance(called, ast.Name) and called.id in {"staticmethod", "classmethod", "property"}
    )


def marks_tool(called: ast.AST, names: Names) -> bool:
    """Return whether an expression is promptflow's `tool`."""
    origin = names.origin(called) or ""
    if origin:
        return origin.startswith("promptflow") and origin.endswith(".tool")
    # Without a visible import, the name alone decides.
    return isinstance(called, ast.Name) and called.id == "tool" and "tool" not in names.bound


def _unseen(names: Names) -> bool:
    """Return whether a tool may exist that the syntax tree does not show."""
    for each in names.bound.values():
        if isinstance(each, FUNCTION) and any(_foreign(it, names) for it in each.decorator_list):
            return True
        if isinstance(each, ast.Call) and _foreign(each.func, names):
            return True
        if isinstance(each, ast.ClassDef) and any(_foreign(it, names) for it in each.bases):
            return True
    return False


def _foreign(node: ast.expr, names: Names) -> bool:
    """Return whether a decorator or base comes from another module of the flow, or a package."""
    called = node.func if isinstance(node, ast.Call) else node
    origin = names.origin(called)
    if origin is not None:
        return not origin.startswith(("promptflow", "functools", "typing", "abc", "enum"))
    own = names.lead(called.id) if isinstance(called, ast.Name) else None
    if isinstance(own, FUNCTION):  # a decorator of the file's own may use promptflow's
        return any(marks_tool(it, names) for it in ast.walk(own))
    return own is None and isinstance(called, ast.Name) and bool(names.starred)


def strong_connections(names: Names) -> frozenset[str]:
    """Return the file's own connection classes."""
    return frozenset(
        name
        for name, each in names.bound.items()
        if isinstance(each, ast.ClassDef) and any(STRONG in _words(it) for it in each.bases)
    )


def _words(base: ast.expr) -> str:
    return base.id if isinstance(base, ast.Name) else getattr(base, "attr", "")
