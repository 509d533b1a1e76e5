"""Check that the runtime can read a flex flow's entry: parameters, answer and __init__.

promptflow 1.18, `generate_flow_meta_dict_by_object`: parameters are str, int, float, bool, list,
dict, an enum, an image or Optional of these; an answer is str, a dataclass or a TypedDict.
"""

import ast
from collections.abc import Iterator

from shared.domain.errors import Finding
from shared.domain.kinds.prompt_flow.flex.entry import Entry
from shared.domain.kinds.prompt_flow.python.annotation import Kind, kind_of
from shared.domain.kinds.prompt_flow.python.signature import Parameter
from shared.domain.parsing.python.names import FUNCTION, Names
from shared.domain.parsing.python.source import PythonSource

_PLAIN = frozenset({"string", "int", "double", "bool", "list", "dict", "image", "nothing"})
_MADE_WITH = _PLAIN | {"connection", "model_config", "secret", "prompt_template", "file_path"}
_UNSEEN = frozenset({"unknown"})
_REMEDY = (
    "Annotate it with str, int, float, bool, list or dict, or Optional of one of them, without "
    "quotes, or leave the annotation out"
)


def interface_findings(entry: Entry) -> Iterator[Finding]:
    """Find annotations of the entry with which the runtime does not start."""
    source, function = entry.source, entry.function
    if source is None or function is None:
        return
    for each in entry.signature.parameters if entry.signature else ():
        yield from _parameter(each, source, _PLAIN)
        if each.name == "self":
            cause = "the entry has a parameter 'self', which the runtime never gives"
            yield Finding(source.file, each.line, cause, "Give the parameter another name")
    for name in entry.signature.positional if entry.signature else ():
        cause = f"the entry takes '{name}' only by position, but the runtime passes it by name"
        yield Finding(source.file, function.lineno, cause, "Take the '/' out")
    for each in entry.made_with.parameters if entry.made_with else ():
        yield from _parameter(each, source, _MADE_WITH)
    if not isinstance(function, ast.Lambda):
        yield from _answer(function.returns, function.lineno, source)


def composed(entry: Entry) -> bool:
    """Return whether the answer's annotation, not the flow file, defines the outputs."""
    function = entry.function
    if function is None or entry.source is None or isinstance(function, ast.Lambda):
        return False
    names = entry.source.names
    return (
        function.returns is not None and _fields(_inner(function.returns, names), names) is not None
    )


def _parameter(each: Parameter, source: PythonSource, taken: frozenset[str]) -> Iterator[Finding]:
    if each.kind.name in taken | _UNSEEN or not each.annotated:
        return
    why = "in quotes, or under 'from __future__ import annotations'" if each.kind.quoted else ""
    if each.kind.name == "connection":
        why = "with a connection, which no request can give"
    cause = (
        f"'{each.name}' is annotated {why or 'with a type that is not plain'}, so the "
        "runtime does not start"
    )
    yield Finding(source.file, each.line, cause, _REMEDY)


def _answer(returns: ast.expr | None, line: int, source: PythonSource) -> Iterator[Finding]:
    names = source.names
    if returns is None:
        return
    quoted = kind_of(returns, names).quoted
    inner = returns if quoted else _inner(returns, names)
    fields = None if quoted else _fields(inner, names)
    remedy = "Return str, a TypedDict or a dataclass, without quotes, or leave the annotation out"
    if fields is None:
        kind = kind_of(inner, names)
        if quoted or kind.name not in {"string", "unknown"} or _enum(inner, names):
            said = ast.unparse(returns)[:60]
            cause = f"the entry is annotated to return '{said}', so the runtime does not start"
            yield Finding(source.file, line, cause, remedy)
        return
    for field, annotation in fields:
        kind = kind_of(annotation, names)
        if kind.name not in _PLAIN | _UNSEEN or kind.name == "nothing":
            cause = f"'{field}' of the entry's answer has a type that is not plain"
            yield Finding(source.file, annotation.lineno, cause, _REMEDY)


def _inner(node: ast.expr, names: Names) -> ast.expr:
    """Return the type inside Optional."""
    if isinstance(node, ast.Subscript) and (names.origin(node.value) or "").endswith(".Optional"):
        return node.slice
    return node


def _fields(node: ast.expr, names: Names) -> list[tuple[str, ast.expr]] | None:
    """List the fields of a dataclass or TypedDict of the file; None for anything else."""
    lead = names.lead(node.id) if isinstance(node, ast.Name) else None
    if not isinstance(lead, ast.ClassDef):
        return None
    made = any(_named(each, "dataclass", names) for each in lead.decorator_list)
    typed = any(_named(each, "TypedDict", names) or _dict(each) for each in lead.bases)
    if not made and not typed:
        return None
    return [
        (each.target.id, each.annotation)
        for each in lead.body
        if isinstance(each, ast.AnnAssign) and isinstance(each.target, ast.Name)
    ]


def _named(node: ast.expr, name: str, names: Names) -> bool:
    called = node.func if isinstance(node, ast.Call) else node
    return (names.origin(called) or "").rsplit(".", 1)[-1] == name


def _dict(node: ast.expr) -> bool:
    return isinstance(node, ast.Name) and node.id == "dict"


def _enum(node: ast.expr, names: Names) -> bool:
    """Return whether it is a class of the file: enums are allowed as inputs, not as answers."""
    lead = names.lead(node.id) if isinstance(node, ast.Name) else None
    return isinstance(lead, ast.ClassDef)


def kinds(entry: Entry) -> dict[str, Kind]:
    """Return the runtime's type of each parameter of the class."""
    return {each.name: each.kind for each in entry.made_with.parameters} if entry.made_with else {}


def is_function(entry: Entry) -> bool:
    """Return whether the entry is a function of the file."""
    return isinstance(entry.defined, (*FUNCTION, ast.Lambda))
