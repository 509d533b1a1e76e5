"""The entry of a flex flow, from its syntax tree."""

import ast
from dataclasses import dataclass

from shared.domain.kinds.prompt_flow.python.signature import Signature, signature_of
from shared.domain.parsing.python.names import FUNCTION, Function
from shared.domain.parsing.python.source import PythonSource


@dataclass(frozen=True)
class Entry:
    """A flex flow's entry, as far as the syntax tree shows it."""

    name: str | None = None
    source: PythonSource | None = None
    defined: Function | ast.Lambda | ast.ClassDef | None = None

    @property
    def function(self) -> Function | ast.Lambda | None:
        """The function that is called for each request."""
        if isinstance(self.defined, ast.ClassDef):
            return self.method("__call__")
        return self.defined

    @property
    def signature(self) -> Signature | None:
        """Parameters of a request; None if they cannot be seen."""
        function = self.function
        if function is None or self.source is None:
            return None
        static = any(
            isinstance(each, ast.Name) and each.id == "staticmethod"
            for each in getattr(function, "decorator_list", ())
        )
        bound = isinstance(self.defined, ast.ClassDef) and not static
        return signature_of(function, self.source.names, bound=bound)

    @property
    def made_with(self) -> Signature | None:
        """Parameters of the class's __init__; None for a function, or if they cannot be seen."""
        if not isinstance(self.defined, ast.ClassDef) or self.source is None:
            return None
        init = self.method("__init__")
        return signature_of(init, self.source.names, bound=True) if init else None

    @property
    def generates(self) -> bool:
        """True if it yields its answer piece by piece."""
        walked = ast.walk(self.function) if self.function else ()
        return any(isinstance(node, ast.Yield | ast.YieldFrom) for node in walked)

    @property
    def classes(self) -> tuple[ast.ClassDef, ...]:
        """The class and its bases in the same file."""
        if not isinstance(self.defined, ast.ClassDef) or self.source is None:
            return ()
        found, waiting = list[ast.ClassDef](), [self.defined]
        while waiting:
            each = waiting.pop()
            if each in found:
                continue
            found.append(each)
            for base in each.bases:
                lead = self.source.names.lead(base.id) if isinstance(base, ast.Name) else None
                waiting.extend([lead] if isinstance(lead, ast.ClassDef) else [])
        return tuple(found)

    @property
    def inherits(self) -> bool:
        """True if it, or a base of it, has a base from another module."""
        names = self.source.names if self.source else None
        return any(
            not (isinstance(base, ast.Name) and base.id == "object")
            and not (names and isinstance(base, ast.Name) and base.id in names.bound)
            for each in self.classes
            for base in each.bases
        )

    def method(self, name: str) -> Function | None:
        """Find a method of the class, or of a base of it in the same file."""
        for each in self.classes:
            for node in each.body:
                if isinstance(node, FUNCTION) and node.name == name:
                    return node
        return None

    def gives(self, name: str) -> bool:
        """Return whether a class of the file assigns that name (`name = other`)."""
        return any(
            isinstance(node, ast.Assign)
            and any(isinstance(it, ast.Name) and it.id == name for it in node.targets)
            for each in self.classes
            for node in each.body
        )


def entry_of(name: str, source: PythonSource) -> Entry:
    """Find the entry of that name."""
    lead = source.names.lead(name)
    known = isinstance(lead, (*FUNCTION, ast.Lambda, ast.ClassDef))
    return Entry(name, source, lead if known else None)  # type: ignore[arg-type]
