"""The packages that a package's requirements or conda file name, with their places."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from packaging.requirements import InvalidRequirement, Requirement

from shared.domain.errors import Finding
from shared.domain.kinds.content import Content
from shared.domain.kinds.requirements.files import Entry, read_requirements, walk_entries

_CONSTRAINTS = re.compile(r"^\s*(-c|--constraint)\b", re.MULTILINE)
_PYTHON = re.compile(r"python\s*={1,2}\s*(\d+\.\d+)")
_USUAL_PYTHON = "3.12"


@dataclass(frozen=True)
class AskedPackage:
    """One requirement, with the file and line that name it."""

    requirement: Requirement
    file: str
    line: int | None


@dataclass(frozen=True)
class AskedPackages:
    """What pip installs for a package.

    Attributes:
        packages: The requirements that pip looks up in an index.
        python: The Python that they are installed for.
        beyond: Warnings for what cannot be looked up without running code, or elsewhere: the
            requirements are then not resolved.
    """

    packages: tuple[AskedPackage, ...]
    python: str
    beyond: tuple[Finding, ...] = ()


def asked_packages(content: Content, root: Path) -> AskedPackages:
    """Read the requirements of a package that is open at `root`."""
    if content.conda is not None:
        return _of_conda(content, root, content.conda)
    file = content.requirements_file
    if file is None:
        return AskedPackages((), _USUAL_PYTHON)
    texts = {path: _text(root / path) for path in content.requirement_files}
    named = [(path, entry.line, entry) for path, entry in walk_entries(file, texts)]
    constrained = [path for path in sorted(texts) if _CONSTRAINTS.search(texts[path])]
    return _sorted_out(named, _USUAL_PYTHON, constrained)


def _of_conda(content: Content, root: Path, text: str) -> AskedPackages:
    """Read the pip part of a conda file; packages of conda's channels are conda's to resolve."""
    document = yaml.safe_load(text)
    listed = document.get("dependencies") if isinstance(document, dict) else None
    entries: list[Any] = listed if isinstance(listed, list) else []
    pythons = (_PYTHON.match(it) for it in entries if isinstance(it, str))
    python = next((it[1] for it in pythons if it), _USUAL_PYTHON)
    lines = [
        str(line) for entry in entries if isinstance(entry, dict) for line in entry.get("pip") or ()
    ]
    file, source = _source(content, root, text)
    named = [
        (file, _line_of(line, source), entry) for line in lines for entry in read_requirements(line)
    ]
    constrained = [file] if any(_CONSTRAINTS.search(line) for line in lines) else []
    return _sorted_out(named, python, constrained)


def _sorted_out(
    named: Sequence[tuple[str, int | None, Entry]], python: str, constrained: list[str]
) -> AskedPackages:
    packages, beyond = list[AskedPackage](), list[Finding]()
    for file, line, entry in named:
        if entry.kind in {"index", "links"} or (entry.kind == "package" and entry.target):
            beyond.append(_beyond(file, line, f"'{entry.value}' is not looked up in the index"))
        elif entry.kind == "package":
            try:
                packages.append(AskedPackage(Requirement(entry.value), file, line))
            except InvalidRequirement:
                beyond.append(_beyond(file, line, f"'{entry.value}' is not a requirement"))
    beyond += [_beyond(file, None, "constraints are not followed here") for file in constrained]
    return AskedPackages(tuple(packages), python, tuple(beyond))


def _beyond(file: str, line: int | None, cause: str) -> Finding:
    remedy = "Look at the image build when you deploy it"
    return Finding(file, line, f"{cause}, so versions are not resolved", remedy, "warning")


def _source(content: Content, root: Path, text: str) -> tuple[str, str]:
    """Return path and text of the file that the conda file is, or is made of."""
    if content.requirements_file is not None:
        return content.requirements_file, _text(root / content.requirements_file)
    for path in _yaml_files(root):
        if _text(path) == text:
            return path.relative_to(root).as_posix(), text
    return "the conda file", ""


def _yaml_files(root: Path) -> Iterator[Path]:
    yield from (path for path in sorted(root.rglob("*.y*ml")) if path.is_file())


def _line_of(wanted: str, text: str) -> int | None:
    numbered = enumerate(text.splitlines(), start=1)
    return next((number for number, line in numbered if wanted in line), None)


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8-sig", errors="replace")
