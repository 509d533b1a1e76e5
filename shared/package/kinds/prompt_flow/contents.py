"""Read the texts that a flow file names, and check the other Python files."""

import json
from collections.abc import Iterator
from typing import Any

from shared.domain.errors import Finding, Rejected
from shared.domain.kinds.prompt_flow import Contents, named_requirements, named_texts
from shared.domain.kinds.requirements.files import named_file, read_requirements
from shared.domain.parsing.document import Document
from shared.domain.parsing.python.source import parse_python
from shared.package import limits
from shared.package.kinds.package import Package
from shared.package.kinds.prompt_flow.prompty import front_matter
from shared.package.kinds.texts import Texts, as_warnings
from shared.package.texts import read_requirements_text, read_text

_TOOLS = ".promptflow/flow.tools.json"


def read_contents(package: Package, document: Document) -> tuple[Contents, tuple[Finding, ...]]:
    """Read the texts that the flow file names, its prompties and tools.

    Returns them with findings for what cannot be read.
    """
    reader = Texts(package)
    texts = dict[str, str]()
    waiting = sorted(named_texts(document) & package.files)
    requirements = set(named_requirements(document))
    while waiting:
        path = waiting.pop(0)
        if path in texts:
            continue
        required = path in requirements
        text = reader.read(path, read=read_requirements_text if required else read_text)
        if text is not None:
            texts[path] = text
            named = [*_named(path, text)] if required else []
            requirements.update(named)
            waiting.extend(each for each in named if each in package.files)
    prompties = _prompties(reader)
    tools, wrong_tools = _tools(package)
    contents = Contents(package.files, package.left_out, texts, prompties, tools)
    return contents, (*reader.findings, *wrong_tools)


def _named(path: str, requirements: str) -> Iterator[str]:
    for requirement in read_requirements(requirements):
        named = named_file(path, requirement)
        if named is not None:
            yield named


def unread_findings(package: Package, contents: Contents) -> Iterator[Finding]:
    """Syntax errors in Python files that the flow file does not name, as warnings."""
    size_checked = 0
    for path in sorted(package.files - contents.texts.keys()):
        if not path.endswith(".py"):
            continue
        size = (package.root / path).stat().st_size
        if size_checked + size <= limits.MAX_OTHER_SOURCES:
            size_checked += size
            try:
                yield from parse_python(read_text(package.root, path), path, "warning")[1]
            except Rejected as error:
                yield from as_warnings(error)


def _prompties(reader: Texts) -> dict[str, Document]:
    read = dict[str, Document]()
    for path in sorted(path for path in reader.package.files if path.endswith(".prompty")):
        text = reader.read(path, "warning")
        try:
            read |= {} if text is None else {path: front_matter(text, path)}
        except Rejected as error:
            reader.findings.extend(as_warnings(error))
    return read


def _tools(package: Package) -> tuple[dict[str, Any], tuple[Finding, ...]]:
    """The tools' metadata that promptflow's editor last wrote."""
    if _TOOLS not in package.files:
        return {}, ()
    try:
        value = json.loads(read_text(package.root, _TOOLS))
        return value if isinstance(value, dict) else {}, ()
    except Rejected as error:
        return {}, tuple(as_warnings(error))
    except (ValueError, RecursionError):
        cause, remedy = "not valid JSON", "Delete it; promptflow creates it again"
        return {}, (Finding(_TOOLS, None, cause, remedy, "warning"),)
