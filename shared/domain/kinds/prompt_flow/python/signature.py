"""A function's parameters, as the runtime reads them."""

import ast
from dataclasses import dataclass
from typing import Any

from shared.domain.kinds.prompt_flow.python.annotation import NOTHING, Kind, kind_of
from shared.domain.parsing.python.names import Function, Names

_OF_VALUES = {bool: "bool", int: "int", float: "double", str: "string", list: "list"}


@dataclass(frozen=True)
class Parameter:
    """One parameter.

    Attributes:
        name: Its name.
        kind: The runtime's type, from its annotation or else its default.
        annotated: It has an annotation.
        required: It has no default.
        default: Its default, if that is a literal.
        line: Its line.
    """

    name: str
    kind: Kind
    annotated: bool
    required: bool
    default: Any = None
    line: int | None = None


@dataclass(frozen=True)
class Signature:
    """The parameters that a call can set by name.

    Attributes:
        parameters: Without `self`, `*args` and `**kwargs`.
        open: There are `**kwargs`.
        positional: Parameters that cannot be set by name.
    """

    parameters: tuple[Parameter, ...] = ()
    open: bool = False
    positional: frozenset[str] = frozenset()

    @property
    def names(self) -> frozenset[str]:
        """Names of the parameters."""
        return frozenset(each.name for each in self.parameters)


def signature_of(function: Function | ast.Lambda, names: Names, *, bound: bool) -> Signature:
    """Read the signature of a function; `bound` leaves out a method's first parameter."""
    given = function.args
    ordered = [*given.posonlyargs, *given.args]
    missing = len(ordered) - len(given.defaults)
    pairs = [*zip(ordered, [*[None] * missing, *given.defaults], strict=True)]
    pairs = pairs[1 if bound else 0 :]
    by_name = [*zip(given.kwonlyargs, given.kw_defaults, strict=True)]
    return Signature(
        tuple(_parameter(arg, default, names) for arg, default in (*pairs, *by_name)),
        open=given.kwarg is not None,
        positional=frozenset(arg.arg for arg in given.posonlyargs[1 if bound else 0 :]),
    )


def _parameter(arg: ast.arg, default: ast.expr | None, names: Names) -> Parameter:
    kind = kind_of(arg.annotation, names)
    value = literal(default)
    if kind == NOTHING and default is not None:
        kind = _kind_of_default(default, value)
    return Parameter(
        arg.arg,
        kind,
        arg.annotation is not None,
        default is None,
        value,
        getattr(arg, "lineno", None),
    )


def _kind_of_default(default: ast.expr, value: Any) -> Kind:
    """Return the type of the default, which the runtime uses without an annotation."""
    if value is None and not (isinstance(default, ast.Constant) and default.value is None):
        return Kind("unknown")
    return Kind(_OF_VALUES.get(type(value), "dict"))


def literal(node: ast.expr | None) -> Any:
    """Return the value of a literal; None for everything else."""
    try:
        return ast.literal_eval(node) if node is not None else None
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
        return None
