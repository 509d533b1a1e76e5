"""Flex flows: the entry that the runtime would import, read without importing it."""

import ast
from collections.abc import Iterator, Mapping
from typing import Any

from shared.domain.document import Document
from shared.domain.errors import Finding
from shared.domain.flow.contents import Contents
from shared.domain.flow.entry import REFUSED_ANSWERS, Entry
from shared.domain.flow.python_source import PythonSource, parse_python


def read_entry(document: Document, contents: Contents) -> tuple[Entry, tuple[Finding, ...]]:
    """Finds the entry's module and function in the package."""
    said = document.value.get("entry")
    module, colon, name = said.partition(":") if isinstance(said, str) else ("", "", "")
    if not (colon and all(part.isidentifier() for part in (*module.split("."), name))):
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
    if any(line.startswith(top) for line in required.splitlines()):
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
    yield from _answer_findings(entry, source)
    if isinstance(entry.function, ast.AsyncFunctionDef) and entry.generates:
        cause = "the entry is an async generator, which the runtime's flask engine cannot serve"
        remedy = "Set PROMPTFLOW_SERVING_ENGINE: fastapi under deployment.environment_variables"
        yield Finding(source.file, entry.function.lineno, cause, remedy, "warning")
    yield from _init_findings(entry, document)


def _answer_findings(entry: Entry, source: PythonSource) -> Iterator[Finding]:
    """The runtime refuses to start where the return annotation is a plain type other than str."""
    answer = source.answers(entry.function) if entry.function else ()
    if entry.function and answer and answer[0] in REFUSED_ANSWERS:
        cause = f"the entry is annotated to return '{answer[0]}', which the runtime does not start"
        remedy = "Return a TypedDict, a dataclass or str, or leave the annotation out"
        yield Finding(source.file, entry.function.lineno, cause, remedy)


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
