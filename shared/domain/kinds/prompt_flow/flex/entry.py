"""What the entry of a flex flow is made of, seen through its syntax tree."""

import ast
from dataclasses import dataclass

from shared.domain.kinds.prompt_flow.python.names import FUNCTION, Function
from shared.domain.kinds.prompt_flow.python.signature import Signature, signature_of
from shared.domain.kinds.prompt_flow.python.source import PythonSource


@dataclass(frozen=True)
class Entry:
    """What a flex flow's entry leads to, as far as it can be seen."""

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
        """What a request gives; None where it cannot be seen."""
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
        """What the class is made with; None for a function, and where it cannot be seen."""
        if not isinstance(self.defined, ast.ClassDef) or self.source is None:
            return None
        init = self.method("__init__")
        return signature_of(init, self.source.names, bound=True) if init else None

    @property
    def generates(self) -> bool:
        """Whether it yields its answer piece by piece."""
        walked = ast.walk(self.function) if self.function else ()
        return any(isinstance(node, ast.Yield | ast.YieldFrom) for node in walked)

    @property
    def classes(self) -> tuple[ast.ClassDef, ...]:
        """The class and those bases of it that the same file defines."""
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
        """Whether it, or a base of it, has a base that another module defines."""
        names = self.source.names if self.source else None
        return any(
            not (isinstance(base, ast.Name) and base.id == "object")
            and not (names and isinstance(base, ast.Name) and base.id in names.bound)
            for each in self.classes
            for base in each.bases
        )

    def method(self, name: str) -> Function | None:
        """A method of the class, or of a base of it in the same file."""
        for each in self.classes:
            for node in each.body:
                if isinstance(node, FUNCTION) and node.name == name:
                    return node
        return None

    def gives(self, name: str) -> bool:
        """Whether a class of the file says anything of that name: a method, or `name = other`."""
        return any(
            isinstance(node, ast.Assign)
            and any(isinstance(it, ast.Name) and it.id == name for it in node.targets)
            for each in self.classes
            for node in each.body
        )


def entry_of(name: str, source: PythonSource) -> Entry:
    """The entry of that name."""
    lead = source.names.lead(name)
    known = isinstance(lead, (*FUNCTION, ast.Lambda, ast.ClassDef))
    return Entry(name, source, lead if known else None)  # type: ignore[arg-type]
