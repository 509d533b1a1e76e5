"""Parse a Python source with ast; code of a flow is never run or imported."""

import ast
from dataclasses import dataclass
from functools import cached_property

from shared.domain.errors import Finding, Severity
from shared.domain.parsing.python.names import Names, names_of


@dataclass(frozen=True)
class PythonSource:
    """One source file that parses."""

    file: str
    tree: ast.Module

    @cached_property
    def names(self) -> Names:
        """Its top-level names."""
        return names_of(self.tree)

    def mentions(self, name: str) -> int | None:
        """Return the line where a name is imported or called, or None."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.ImportFrom) and any(each.name == name for each in node.names):
                return node.lineno
            if isinstance(node, ast.Call) and name in _called(node.func):
                return node.lineno
        return None


def parse_python(
    text: str, file: str, severity: Severity = "error"
) -> tuple[PythonSource | None, tuple[Finding, ...]]:
    """Parse a source; a syntax error becomes a finding."""
    try:
        return PythonSource(file, ast.parse(text)), ()
    except SyntaxError as error:
        cause = f"a syntax error: {error.msg}"
        return None, (Finding(file, error.lineno, cause, "Correct the source", severity),)
    except (ValueError, RecursionError, MemoryError) as error:
        cause = f"cannot be parsed: {type(error).__name__}"
        return None, (Finding(file, None, cause, "Write it more simply", severity),)


def _called(node: ast.expr) -> tuple[str, ...]:
    """Return the names in a called expression: both of `metrics.log_metric`."""
    if isinstance(node, ast.Attribute):
        return (*_called(node.value), node.attr)
    return (node.id,) if isinstance(node, ast.Name) else ()
