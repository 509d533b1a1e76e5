"""Find and check a flex flow's entry without importing it."""

import ast
from collections.abc import Iterator, Mapping
from posixpath import normpath

from shared.domain.errors import Finding
from shared.domain.kinds.prompt_flow.contents import Contents
from shared.domain.kinds.prompt_flow.flex.entry import Entry, entry_of
from shared.domain.kinds.prompt_flow.flex.interface import interface_findings
from shared.domain.parsing.document import Document, reach
from shared.domain.parsing.python.names import FUNCTION, Bound
from shared.domain.parsing.python.source import PythonSource, parse_python

CONFIG = "PF_FLOW_INIT_CONFIG"
"""The environment variable with the arguments of a flex flow's class."""


def read_entry(document: Document, contents: Contents) -> tuple[Entry, tuple[Finding, ...]]:
    """Find the entry's module and function in the package."""
    said = document.value.get("entry")
    module, colon, name = said.partition(":") if isinstance(said, str) else ("", "", "")
    if not (colon and all(part.isidentifier() for part in (*module.split("."), name))):
        cause = f"the entry '{said}' is not of the form module:function"
        return Entry(), (document.finding(("entry",), cause, "Write 'entry: module:function'"),)
    stem = normpath(module.replace(".", "/"))
    path = next((p for p in (f"{stem}.py", f"{stem}/__init__.py") if p in contents.files), None)
    if path is None:
        return Entry(name), _no_module(module, stem, document, contents)
    source, findings = parse_python(contents.texts.get(path, ""), path)
    if source is None:
        return Entry(name), findings
    entry = entry_of(name, source)
    return entry, (*findings, *_entry_findings(entry, document), *interface_findings(entry))


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
    source = entry.source
    if source is None or entry.name is None:
        return
    names = source.names
    lead = names.lead(entry.name)
    if not names.knows(entry.name):
        cause = f"the entry: '{source.file}' defines no '{entry.name}'"
        yield document.finding(("entry",), cause, "Name a function or class of that file")
    elif entry.defined is None and (lead is None or _made_elsewhere(lead, source)):
        cause = f"what '{entry.name}' takes cannot be seen: '{source.file}' takes it from elsewhere"
        remedy = "Name its inputs in the flow file, or the module that defines it as the entry"
        if not document.value.get("inputs"):
            yield document.finding(("entry",), cause, remedy, "warning")
    elif entry.defined is None or _undone(entry):
        cause = f"the entry '{entry.name}' is neither a function nor a class"
        remedy = "Write a function or a class whose objects can be called"
        yield Finding(source.file, getattr(lead, "lineno", None), cause, remedy)
    yield from _class_findings(entry)


def _made_elsewhere(lead: Bound, source: PythonSource) -> bool:
    """Return whether a call creates it, whose result cannot be seen here."""
    if not isinstance(lead, ast.Call):
        return isinstance(lead, ast.Attribute | ast.Subscript)
    callee = source.names.lead(lead.func.id) if isinstance(lead.func, ast.Name) else None
    standard = (source.names.origin(lead.func) or "").startswith("functools.")
    return not standard and not isinstance(callee, ast.ClassDef)


def _undone(entry: Entry) -> bool:
    """Return whether a decorator of the standard library replaces the function."""
    if entry.source is None or not isinstance(entry.defined, FUNCTION):
        return False
    first = entry.defined.decorator_list[:1]
    called = [it.func if isinstance(it, ast.Call) else it for it in first]
    found = [entry.source.names.origin(it) or "" for it in called]
    return any(it.startswith("functools.") and it != "functools.wraps" for it in found)


def _class_findings(entry: Entry) -> Iterator[Finding]:
    defined, source = entry.defined, entry.source
    if not isinstance(defined, ast.ClassDef) or source is None or entry.inherits:
        return
    if entry.function is None and not entry.gives("__call__"):
        cause = f"the class '{entry.name}' cannot be called"
        yield Finding(source.file, defined.lineno, cause, "Give it a method __call__")
    made = entry.method("__init__") or entry.gives("__init__") or defined.decorator_list
    if not made:
        cause = f"the class '{entry.name}' has no __init__, which the runtime needs"
        remedy = "Write 'def __init__(self): ...' into it"
        yield Finding(source.file, defined.lineno, cause, remedy)
    init = entry.method("__init__")
    first = [*init.args.posonlyargs, *init.args.args][:1] if init else []
    if any(isinstance(it.annotation, ast.Constant) for it in first):
        cause = "the annotation of 'self' is in quotes, so the runtime does not start"
        yield Finding(source.file, first[0].lineno, cause, "Leave the annotation out")


def making_findings(entry: Entry, document: Document) -> Iterator[Finding]:
    """Find arguments of the class that are missing, or unknown to it.

    These findings apply only if PF_FLOW_INIT_CONFIG does not set the arguments.
    """
    made = entry.made_with
    if made is None:
        return
    sample = reach(document.value, ("sample", "init"))[0]
    given = sample if isinstance(sample, Mapping) else {}
    file = reach(document.value, ("init",))[0]
    defaults = {
        key
        for key, spec in (file.items() if isinstance(file, Mapping) else ())
        if isinstance(spec, Mapping) and spec.get("default") not in (None, "")
    }
    for each in made.parameters:
        if each.required and each.name not in given and each.name not in defaults:
            cause = f"the class '{entry.name}' needs '{each.name}', which is not set"
            remedy = "Set it under sample.init, or in the variable PF_FLOW_INIT_CONFIG"
            yield document.finding(("entry",), cause, remedy)
    for each in made.parameters:
        value = given.get(each.name)
        config = each.kind.name == "model_config" and each.kind.bare
        if value is not None and config and not isinstance(value, Mapping):
            cause = (
                f"'{each.name}' is a model configuration, but in sample.init it is not a mapping"
            )
            remedy = "Write its fields under it, such as 'connection:' and 'azure_deployment:'"
            yield document.finding(("sample", "init", each.name), cause, remedy)
    for name in given:
        if name not in made.names and not made.open:
            cause = f"the class '{entry.name}' takes no argument '{name}'"
            yield document.finding(("sample", "init", name), cause, "Leave it out, or correct it")
