"""What the entry of a flex flow is made of, seen through its syntax tree."""

import ast
from dataclasses import dataclass

from shared.domain.flow.model import FlowInput
from shared.domain.flow.python_source import FUNCTION, Function, Parameter, PythonSource

_TYPES = {
    "str": "string",
    "int": "int",
    "float": "double",
    "bool": "bool",
    "list": "list",
    "List": "list",
    "dict": "object",
    "Dict": "object",
}
"""Annotations of an entry, as the types of inputs that the runtime makes of them."""
REFUSED_ANSWERS = frozenset({*_TYPES, "tuple", "Tuple", "set", "Set", "Any"}) - {"str"}
"""Annotations of what an entry returns with which the runtime does not start.

promptflow 1.18, `generate_flow_meta_dict_by_object`.
"""


@dataclass(frozen=True)
class Entry:
    """What a flex flow's entry leads to, as far as it can be seen."""

    name: str | None = None
    source: PythonSource | None = None
    defined: Function | ast.ClassDef | None = None

    @property
    def function(self) -> Function | None:
        """The function that is called for each request."""
        return method(self.defined, "__call__")

    @property
    def parameters(self) -> tuple[Parameter, ...]:
        """What a request gives."""
        return self._parameters(self.function)

    @property
    def init(self) -> tuple[Parameter, ...]:
        """What the class is made with."""
        made = method(self.defined, "__init__") if isinstance(self.defined, ast.ClassDef) else None
        return self._parameters(made)

    @property
    def inputs(self) -> tuple[FlowInput, ...]:
        """The parameters as inputs, for a flow file that declares none."""
        return tuple(
            FlowInput(
                name=each.name,
                type=next((_TYPES[name] for name in each.types if name in _TYPES), "object"),
                default=each.default,
            )
            for each in self.parameters
        )

    @property
    def generates(self) -> bool:
        """Whether it yields its answer piece by piece."""
        walked = ast.walk(self.function) if self.function else ()
        return any(isinstance(node, ast.Yield | ast.YieldFrom) for node in walked)

    def _parameters(self, function: Function | None) -> tuple[Parameter, ...]:
        if function is None or self.source is None:
            return ()
        return self.source.parameters(function, method=isinstance(self.defined, ast.ClassDef))


def method(defined: Function | ast.ClassDef | None, name: str) -> Function | None:
    """A class's method of that name; of a function, the function itself."""
    if isinstance(defined, ast.ClassDef):
        return next((n for n in defined.body if isinstance(n, FUNCTION) and n.name == name), None)
    return defined
