"""Find placeholders in values that a script should have filled in.

`${connection.key}` and `${{azureml://...}}` are not such: they are resolved later.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from shared.domain.errors import Finding
from shared.domain.parsing.document import Document, Path

_NAME = r"[A-Za-z_][A-Za-z0-9_-]*"
_TOKEN = r"#\{ *[\w.-]+ *\}#"
"""Azure Pipelines' Replace Tokens task, in the form that it has by default."""
_UNDERSCORED = r"(?<!\w)__[A-Z](?:_?[A-Z0-9])*__(?!\w)"
"""The same in another usual form; names in lower case are Python's (`__init__`)."""
_WHOLE = re.compile(rf"\$\{{{_NAME}\}}|\$[A-Z_][A-Z0-9_]*|{_TOKEN}")
_SOME = re.compile(rf"\$\{{{_NAME}\}}|{_TOKEN}|{_UNDERSCORED}")
_ANY = re.compile(
    rf"\$\{{{_NAME}\}}|\$\({_NAME}\)|{_TOKEN}|{_UNDERSCORED}"  # a shell's, Azure Pipelines'
    rf"|\$\{{\{{ *(?:secrets|vars|env|inputs|github|steps|needs|matrix)\.[^{{}}]+\}}\}}"  # GitHub's
    rf"|(?<![$#{{])\{{\{{ *{_NAME} *\}}\}}|<{_NAME}>"  # a template's, a document's
)
_UNQUOTED = re.compile(rf":[ \t]+([^\s'\"#]*(\{{\{{ *{_NAME} *\}}\}}))")

_COMMENTED = re.compile(rf"[ \t-]*[\w.-]+:[ \t]+({_TOKEN})")

_FREE = frozenset({"description", "tags", "properties", "environment_variables"})
"""Fields with free text: only a value that is nothing but a placeholder is refused."""
_FLOWS_OWN = "smoke_test"
"""Inputs and expectations are the flow's own text."""
_REMEDY = "Write the value itself, or fill it in, for instance with envsubst, before packing"


def placeholder_findings(document: Document) -> Iterator[Finding]:
    """Find the values of a manifest or az ml file that are or contain a placeholder."""
    for path, value in _texts(document.value):
        if path[:1] == (_FLOWS_OWN,):
            continue
        if _FREE.isdisjoint(path):
            found = _ANY.search(value) or _WHOLE.fullmatch(value)
        else:
            found = _WHOLE.fullmatch(value)
        if found is not None:
            cause = f"'{found[0]}' in '{_place(path)}' is a placeholder that was not filled in"
            yield document.finding(path, cause, _REMEDY)
        elif (inner := _SOME.search(value)) is not None:
            cause = f"'{inner[0]}' in '{_place(path)}' is sent unchanged: nothing fills it in"
            yield document.finding(path, cause, _REMEDY, "warning")


def commented_placeholders(file: str, text: str) -> Iterator[Finding]:
    """Find lines like `name: #{NAME}#`, whose value YAML reads as a comment."""
    for number, line in enumerate(text.splitlines(), start=1):
        if (found := _COMMENTED.match(line)) is not None:
            cause = f"'{found[1]}' is a placeholder that was not filled in"
            yield Finding(file, number, cause, _REMEDY)


def unquoted_placeholders(file: str, text: str) -> Iterator[Finding]:
    """Find lines like `name: {{NAME}}`, which make a text invalid YAML."""
    for number, line in enumerate(text.splitlines(), start=1):
        if (found := _UNQUOTED.search(line)) is not None:
            cause = f"'{found[2]}' is a placeholder that was not filled in"
            yield Finding(file, number, cause, _REMEDY)


def _texts(value: Any, path: Path = ()) -> Iterator[tuple[Path, str]]:
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, Mapping):
        for key, each in value.items():
            yield from _texts(each, (*path, str(key)))
    elif isinstance(value, list):
        for index, each in enumerate(value):
            yield from _texts(each, (*path, index))


def _place(path: Path) -> str:
    return ".".join(map(str, path))
