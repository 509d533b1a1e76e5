"""Check a conda file: what Azure's image build would refuse, or build without a server."""

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any

from packaging.utils import canonicalize_name

from shared.domain.errors import Finding
from shared.domain.kinds.requirements.rules import line_findings
from shared.domain.parsing.document import Document, Path
from shared.domain.parsing.text import quoted

SERVERS = frozenset({"azureml-inference-server-http", "azureml-defaults"})
"""Packages that bring the inference server."""
PYTHON = "3.12"
"""The Python of an environment that is made from requirements.txt."""

_ENDS = {
    (3, 9): date(2025, 10, 31),
    (3, 10): date(2026, 10, 31),
    (3, 11): date(2027, 10, 31),
    (3, 12): date(2028, 10, 31),
    (3, 13): date(2029, 10, 31),
}
"""The last day of each Python's support; https://devguide.python.org/versions/."""
_OLDEST = min(_ENDS)
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_VERSION = re.compile(r"(\d+)(?:\.(\d+))?")
_ADD_SERVER = (
    "Add azureml-inference-server-http to the pip part of the conda file; Azure's base images "
    "have no server since 2026-06-10"
)


def conda_findings(document: Document, today: date) -> Iterator[Finding]:
    """Find what is wrong with a conda file.

    Args:
        document: The file; inline in an az ml deployment, a document of its own.
        today: Pythons whose support ended before are reported.
    """
    listed, there = _dependencies(document.value)
    if isinstance(document.value, Mapping) and "pip_requirements" in document.value:
        yield _unknown_key(document, ("pip_requirements",))
    if not there:
        yield document.finding(
            (), "the conda file has no list of dependencies", "List the packages in it"
        )
        return
    for index, entry in enumerate(listed):
        if isinstance(entry, Mapping):
            yield from _groups(document, ("dependencies", index), entry)
        elif _name(entry) == "python":
            yield from _python(document, ("dependencies", index), str(entry), today)


def server_findings(document: Document) -> Iterator[Finding]:
    """Find that a conda file, whose packages are all that a script has, brings no server."""
    if _dependencies(document.value)[1] and SERVERS.isdisjoint(package_names(document)):
        cause = "the environment has no inference server, so the container would not start"
        yield document.finding(("dependencies",), cause, _ADD_SERVER)


def package_names(document: Document) -> frozenset[str]:
    """Return the names of the packages that a conda file lists, in their canonical form."""
    return frozenset(map(_name, _packages(_dependencies(document.value)[0])))


def conda_of_requirements(lines: Iterable[str]) -> str:
    """Make the text of a conda file that installs requirements, and the inference server."""
    wanted = list(lines)
    if SERVERS.isdisjoint(map(_name, wanted)):
        wanted.append("azureml-inference-server-http")
    listed = "".join(f"      - {quoted_yaml(line)}\n" for line in wanted)
    return (
        "channels:\n  - conda-forge\ndependencies:\n"
        f"  - python={PYTHON}\n  - pip\n  - pip:\n{listed}"
    )


def quoted_yaml(text: str) -> str:
    """Write a text as a YAML scalar in single quotes."""
    return "'" + text.replace("'", "''") + "'"


def _dependencies(value: Any) -> tuple[list[Any], bool]:
    listed = value.get("dependencies") if isinstance(value, Mapping) else None
    return (listed, True) if isinstance(listed, list) else ([], False)


def _groups(document: Document, at: Path, entry: Mapping[Any, Any]) -> Iterator[Finding]:
    """Find groups of packages other than pip's, and files that pip could not find."""
    for key, lines in entry.items():
        if key != "pip":
            yield _unknown_key(document, (*at, str(key)))
            continue
        for index, line in enumerate(lines if isinstance(lines, list) else ()):
            if re.match(r"(-r|-c|-e|--requirement|--constraint|--editable)\b|\.{1,2}/", str(line)):
                cause = f"{quoted(str(line))} names a file, and the build has only the conda file"
                remedy = "Write the packages themselves into the conda file"
                yield document.finding((*at, "pip", index), cause, remedy)
            else:
                place = document.line(*at, "pip", index)
                yield from line_findings(document.file, place, str(line))


def _unknown_key(document: Document, at: Path) -> Finding:
    cause = f"conda does not know '{at[-1]}': nothing of it is installed"
    remedy = "Write the packages under 'dependencies', in the list of '- pip:'"
    return document.finding(at, cause, remedy)


def _python(document: Document, at: Path, entry: str, today: date) -> Iterator[Finding]:
    found = _VERSION.search(entry)
    if found is None or found[2] is None:
        return
    version = int(found[1]), int(found[2])
    name, remedy = f"Python {version[0]}.{version[1]}", f"Write python={PYTHON}"
    if version < _OLDEST:
        cause = f"{name} has reached its end of life, and conda's channels have dropped it"
        yield document.finding(at, cause, remedy)
    elif (ended := _ENDS.get(version)) is not None and ended < today:
        cause = f"{name} has reached its end of life on {ended}"
        yield document.finding(at, cause, f"{remedy}: packages are dropping it", "warning")


def _packages(listed: list[Any]) -> Iterator[str]:
    for entry in listed:
        if isinstance(entry, Mapping):
            lines = entry.get("pip")
            yield from map(str, lines if isinstance(lines, list) else ())
        else:
            yield str(entry)


def _name(entry: Any) -> str:
    found = _NAME.match(str(entry).rpartition("::")[2].strip())
    return canonicalize_name(found[0]) if found else ""
