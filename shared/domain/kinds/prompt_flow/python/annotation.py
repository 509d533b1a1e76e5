"""The runtime's reading of annotations (promptflow 1.18, `param_to_definition`).

The runtime compares types and does not read text: annotations in quotes, and all in a file with
`from __future__ import annotations`, are complex types. Of generic types it reads only `Optional`
and `Union`.
"""

import ast
from dataclasses import dataclass, replace

from shared.domain.parsing.python.names import FUNCTION, Bound, Names

_BUILTIN = {
    "str": "string",
    "int": "int",
    "float": "double",
    "bool": "bool",
    "list": "list",
    "dict": "dict",
}
_PROMPTFLOW = {
    "Image": "image",
    "Secret": "secret",
    "PromptTemplate": "prompt_template",
    "FilePath": "file_path",
    "AssistantDefinition": "assistant_definition",
    "AzureOpenAIModelConfiguration": "model_config",
    "OpenAIModelConfiguration": "model_config",
}
_ENUMS = frozenset({"Enum", "IntEnum", "StrEnum", "Flag", "IntFlag"})
STRONG = "CustomStrongTypeConnection"


@dataclass(frozen=True)
class Kind:
    """A type as the runtime reads it.

    Attributes:
        name: `string`, `int`, `double`, `bool`, `list`, `dict`, another type of a tool's input,
            `nothing` (no annotation), `connection`, `model_config`, `complex`, or `unknown` for
            what another module defines.
        connections: Its connection classes, if it is one.
        quoted: It would be another type if it were not text.
        bare: It is not in Optional or Union: only then a parameter of a class is looked up as a
            connection.
    """

    name: str
    connections: tuple[str, ...] = ()
    quoted: bool = False
    bare: bool = True

    @property
    def unsure(self) -> bool:
        """True if the type cannot be seen here."""
        return self.name == "unknown"


NOTHING = Kind("nothing")
COMPLEX = Kind("complex")
UNKNOWN = Kind("unknown")


def kind_of(node: ast.expr | None, names: Names) -> Kind:
    """Return the runtime's reading of an annotation."""
    if node is None:
        return NOTHING
    if "annotations" in names.imported and names.imported["annotations"].startswith("__future__"):
        return Kind("complex", _meant(node, names).connections, quoted=True)
    return _seen(node, names)


def _seen(node: ast.expr, names: Names) -> Kind:
    if isinstance(node, ast.Constant):
        if not isinstance(node.value, str):
            return COMPLEX
        return Kind("complex", _meant(node, names).connections, quoted=True)
    if isinstance(node, ast.Subscript):
        return _generic(node, names)
    if isinstance(node, ast.Name | ast.Attribute):
        return _named(node, names)
    if isinstance(node, ast.BinOp):  # X | Y: no typing.Union, so the runtime does not look inside
        sides = (_seen(node.left, names), _seen(node.right, names))
        found = tuple(name for side in sides for name in side.connections)
        return Kind("complex", found, quoted=bool(found))
    return COMPLEX


def _meant(node: ast.expr, names: Names) -> Kind:
    """Return the type that a text in quotes means."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        try:
            node = ast.parse(node.value, mode="eval").body
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return COMPLEX
    return _seen(node, names) if not isinstance(node, ast.Constant) else COMPLEX


def _generic(node: ast.Subscript, names: Names) -> Kind:
    outer = _last(node.value, names)
    inner = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
    if outer not in {"Optional", "Union"}:
        return COMPLEX
    kinds = [_seen(each, names) for each in inner if not _none(each)]
    if len(kinds) == 1:
        return replace(kinds[0], bare=False)
    if kinds and all(each.name == "connection" for each in kinds):
        found = tuple(name for each in kinds for name in each.connections)
        return Kind("connection", found, bare=False)
    if kinds and all(each.name == "model_config" for each in kinds):
        return Kind("model_config", bare=False)
    return UNKNOWN if any(each.unsure for each in kinds) else COMPLEX


def _named(node: ast.Name | ast.Attribute, names: Names) -> Kind:
    last = _last(node, names)
    bound = names.lead(node.id) if isinstance(node, ast.Name) else None
    if isinstance(bound, ast.ClassDef):
        return _own_class(bound, names)
    if bound is not None:
        return _alias(bound, names)
    if isinstance(node, ast.Name) and node.id not in names.imported and node.id in _BUILTIN:
        return Kind(_BUILTIN[node.id])
    if last in _PROMPTFLOW:
        return Kind(_PROMPTFLOW[last])
    if last.endswith("Connection"):
        return Kind("connection", (last,))
    origin = names.origin(node) or ""
    own = not origin or origin.startswith((".", "typing", "collections", "builtins", "datetime"))
    return COMPLEX if own and not origin.startswith(".") else UNKNOWN


def _alias(bound: Bound, names: Names) -> Kind:
    if isinstance(bound, (*FUNCTION, ast.Call)):
        return UNKNOWN  # NewType, namedtuple and the like
    return COMPLEX if isinstance(bound, ast.ClassDef) else _seen(bound, names)


def _own_class(defined: ast.ClassDef, names: Names) -> Kind:
    bases = {_last(base, names) for base in defined.bases}
    if bases & _ENUMS:
        return Kind("string")
    if STRONG in bases:
        return Kind("connection", ("CustomConnection",))
    return COMPLEX


def _last(node: ast.expr, names: Names) -> str:
    """Return the last part of a name, with aliases resolved."""
    origin = names.origin(node)
    if origin:
        return origin.rsplit(".", 1)[-1]
    return node.id if isinstance(node, ast.Name) else getattr(node, "attr", "")


def _none(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is None
