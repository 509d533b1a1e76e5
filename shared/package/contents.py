"""The texts of a package that its flow file makes interesting."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from shared.domain.document import Document
from shared.domain.errors import Finding, Rejected, rejected
from shared.domain.flow import Contents, named_texts
from shared.domain.flow.python_source import parse_python
from shared.package import limits
from shared.package.prompty import front_matter
from shared.package.texts import read_text

_TOOLS = ".promptflow/flow.tools.json"


@dataclass(frozen=True)
class Package:
    """A folder, the flow's files in it, and the others that are there."""

    root: Path
    files: frozenset[str]
    left_out: frozenset[str]


def read_contents(package: Package, document: Document) -> tuple[Contents, tuple[Finding, ...]]:
    """The texts that the flow file names, its prompties and tools, and what cannot be read."""
    texts, findings, looked_into = dict[str, str](), list[Finding](), 0
    for path in sorted(named_texts(document) & package.files):
        looked_into += (package.root / path).stat().st_size
        try:
            texts[path] = (
                read_text(package.root, path)
                if looked_into <= limits.MAX_LOOKED_INTO
                else _refuse(path)
            )
        except Rejected as error:
            findings.extend(error.findings)
    prompties, wrong = _prompties(package)
    tools, wrong_tools = _tools(package)
    contents = Contents(package.files, package.left_out, texts, prompties, tools)
    return contents, (*findings, *wrong, *wrong_tools)


def _refuse(path: str) -> str:
    bound = f"{limits.MAX_LOOKED_INTO // 1024**2} MB"
    cause = f"the sources together are over {bound}, too large to be checked"
    raise rejected(path, cause, "Make them smaller")


def unread_findings(package: Package, contents: Contents) -> Iterator[Finding]:
    """Syntax errors in Python files that the flow file does not name, as warnings."""
    looked_into = sum(len(text) for text in contents.texts.values())
    for path in sorted(package.files - contents.texts.keys()):
        size = (package.root / path).stat().st_size
        if path.endswith(".py") and looked_into + size <= limits.MAX_LOOKED_INTO:
            looked_into += size
            try:
                yield from parse_python(read_text(package.root, path), path, "warning")[1]
            except Rejected as error:
                yield from _as_warnings(error)


def _prompties(package: Package) -> tuple[dict[str, Document], tuple[Finding, ...]]:
    read, findings, looked_into = dict[str, Document](), list[Finding](), 0
    for path in sorted(path for path in package.files if path.endswith(".prompty")):
        looked_into += (package.root / path).stat().st_size
        try:
            text = (
                read_text(package.root, path)
                if looked_into <= limits.MAX_LOOKED_INTO
                else _refuse(path)
            )
            read[path] = front_matter(text, path)
        except Rejected as error:
            findings.extend(_as_warnings(error))
    return read, tuple(findings)


def _tools(package: Package) -> tuple[dict[str, Any], tuple[Finding, ...]]:
    """What promptflow's editor last wrote about the flow's tools."""
    if _TOOLS not in package.files:
        return {}, ()
    try:
        value = json.loads(read_text(package.root, _TOOLS))
        return value if isinstance(value, dict) else {}, ()
    except Rejected as error:
        return {}, tuple(_as_warnings(error))
    except (ValueError, RecursionError):
        cause, remedy = "not JSON", "Delete it, promptflow writes it anew"
        return {}, (Finding(_TOOLS, None, cause, remedy, "warning"),)


def _as_warnings(error: Rejected) -> Iterator[Finding]:
    """Of a file that the flow may not even use."""
    for each in error.findings:
        yield Finding(each.file, each.line, each.cause, each.remedy, "warning")
