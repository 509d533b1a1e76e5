"""Flex flows: the entry that the runtime would import, read without importing it."""

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from shared.domain.document import Document
from shared.domain.errors import Finding
from shared.domain.flow.contents import Contents
from shared.domain.flow.model import FlowInput
from shared.domain.flow.python_source import (
    FUNCTION,
    Function,
    Parameter,
    PythonSource,
    parse_python,
)

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


def read_entry(document: Document, contents: Contents) -> tuple[Entry, tuple[Finding, ...]]:
    """Finds the entry's module and function in the package."""
    said = document.value.get("entry")
    module, colon, name = said.partition(":") if isinstance(said, str) else ("", "", "")
    if not (module and colon and name):
        cause = f"the entry '{said}' is not of the form module:function"
        return Entry(), (document.finding(("entry",), cause, "Write 'entry: module:function'"),)
    stem = module.replace(".", "/")
    path = next((p for p in (f"{stem}.py", f"{stem}/__init__.py") if p in contents.files), None)
    if path is None:
        return Entry(name), _no_module(module, stem, document, contents)
    source, findings = parse_python(contents.texts.get(path, ""), path)
    if source is None:
        return Entry(name), findings
    entry = Entry(name, source, source.defined(name))
    return entry, (*findings, *_entry_findings(entry, document))


def _no_module(
    module: str, stem: str, document: Document, contents: Contents
) -> tuple[Finding, ...]:
    top = module.partition(".")[0].replace("_", "-").lower()
    required = contents.texts.get("requirements.txt", "").replace("_", "-").lower()
    cause, remedy = contents.lacking(f"{stem}.py") or ("", "")
    if top in required:
        remedy = "Make sure that the package that requirements.txt installs has this module"
        return (document.finding(("entry",), f"the entry: {cause}", remedy, "warning"),)
    return (document.finding(("entry",), f"the entry: {cause}", remedy),)


def _entry_findings(entry: Entry, document: Document) -> Iterator[Finding]:
    source, defined = entry.source, entry.defined
    if source is None or entry.name is None:
        return
    if defined is None and not source.takes_in(entry.name):
        cause = f"the entry: '{source.file}' defines no '{entry.name}'"
        yield document.finding(("entry",), cause, "Name a function or class of that file")
    if isinstance(defined, ast.ClassDef) and entry.function is None and not defined.bases:
        cause = f"the class '{entry.name}' cannot be called"
        yield Finding(source.file, defined.lineno, cause, "Give it a method __call__")
    if isinstance(entry.function, ast.AsyncFunctionDef) and entry.generates:
        cause = "the entry is an async generator, which the runtime's flask engine cannot serve"
        remedy = "Set PROMPTFLOW_SERVING_ENGINE: fastapi under deployment.environment_variables"
        yield Finding(source.file, entry.function.lineno, cause, remedy, "warning")
    yield from _init_findings(entry, document)


def _init_findings(entry: Entry, document: Document) -> Iterator[Finding]:
    given = {**_mapping(document, "init"), **_mapping(document, "sample", "init")}
    for each in entry.init:
        if each.required and each.name not in given and entry.source:
            cause = f"the class '{entry.name}' needs '{each.name}', which nothing gives"
            remedy = "Give it under sample.init, or in the variable PF_FLOW_INIT_CONFIG"
            yield document.finding(("entry",), cause, remedy, "warning")


def _mapping(document: Document, *path: str) -> Mapping[str, Any]:
    said: Any = document.value
    for key in path:
        said = said.get(key) if isinstance(said, Mapping) else None
    return said if isinstance(said, Mapping) else {}
