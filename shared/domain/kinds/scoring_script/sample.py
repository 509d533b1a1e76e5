"""A sample request that the script itself tells: in its decorators, or in a docstring."""

import ast
import json
import re
from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any

from shared.domain.parsing.python.source import PythonSource

_DECORATOR = "input_schema"
"""Of the library inference_schema, from which the server also makes its swagger.json."""
_MOST_BRACES = 20


def sample_of(script: PythonSource) -> dict[str, Any] | None:
    """Return the body of a request, or None if the script tells none.

    The values of `@input_schema` make one member for each parameter. Otherwise the first JSON
    object in the docstring of `run`, or of the script.
    """
    run = script.names.lead("run")
    if not isinstance(run, ast.FunctionDef | ast.AsyncFunctionDef):
        return None
    described = dict(_described(run, script))
    if described:
        return described
    return _in_text(ast.get_docstring(run)) or _in_text(ast.get_docstring(script.tree))


def _described(
    run: ast.FunctionDef | ast.AsyncFunctionDef, script: PythonSource
) -> Iterator[tuple[str, Any]]:
    for each in run.decorator_list:
        if not isinstance(each, ast.Call) or _name(each.func) != _DECORATOR:
            continue
        given = {it.arg: it.value for it in each.keywords}
        given |= dict(zip(("param_name", "param_type"), each.args, strict=False))
        name, kind = given.get("param_name"), given.get("param_type")
        if isinstance(name, ast.Constant) and kind is not None:
            found, value = _value(kind, script, 8)
            if found:
                yield str(name.value), value


def _value(node: ast.expr, script: PythonSource, deep: int) -> tuple[bool, Any]:
    """The value of a literal, also inside calls such as `NumpyParameterType(np.array([1]))`."""
    if isinstance(node, ast.Name):
        bound = script.names.lead(node.id)
        if deep and isinstance(bound, ast.expr):
            return _value(bound, script, deep - 1)
        return False, None
    if isinstance(node, ast.Call):
        return _value(node.args[0], script, deep - 1) if node.args and deep else (False, None)
    try:
        value = ast.literal_eval(node)
        json.dumps(value, allow_nan=False)
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
        return False, None
    return True, value


def _name(node: ast.expr) -> str:
    return str(getattr(node, "attr", getattr(node, "id", "")))


def _in_text(text: str | None) -> dict[str, Any] | None:
    """The first JSON object in a text, among the first braces that open in it."""
    for brace in islice(re.finditer(r"\{", text or ""), _MOST_BRACES):
        try:
            value = json.JSONDecoder().raw_decode(brace.string, brace.start())[0]
        except (ValueError, RecursionError):
            continue
        if isinstance(value, Mapping) and value:
            return dict(value)
    return None
