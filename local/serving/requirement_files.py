"""The requirements files of a pip install, including nested ones."""

import itertools
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name

from local.serving.pip_install import PipInstall

_FLAGS = frozenset({"-r", "--requirement", "-c", "--constraint"})
_NAMED = re.compile(r"\s*(?:-r|--requirement|-c|--constraint)[\s=]+(\S+)")
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_RUNTIME = re.compile(r"\s*promptflow(?:[-_][a-z]+)?\s*(?:[\[=<>~!;#]|$)", re.IGNORECASE)


def requirement_files(install: PipInstall) -> list[Path]:
    """Return the files that exist; pip itself reports missing ones."""
    words = install.arguments
    named = [after for word, after in itertools.pairwise(words) if word in _FLAGS]
    named += [word.partition("=")[2] for word in words if word.startswith("--requirement=")]
    seen: dict[Path, None] = {}
    for name in named:
        seen |= dict.fromkeys(_closure(install.folder / name, frozenset()))
    return list(seen)


def settled(line: str, installed: Mapping[str, str]) -> bool:
    """Return whether a line of requirements asks for what is there: pip would do nothing.

    Also for the runtime's own packages, whose versions are those of this machine. `installed`: the
    versions by name.
    """
    if _RUNTIME.match(line):
        return True
    try:
        wanted = Requirement(line.partition(" #")[0].strip())
    except InvalidRequirement:
        return False
    if wanted.url or wanted.extras or (wanted.marker and not wanted.marker.evaluate()):
        return False
    version = installed.get(canonicalize_name(wanted.name))
    return version is not None and version in wanted.specifier


def named_packages(install: PipInstall) -> set[str]:
    """Return the names of the packages that an install names, in its files or itself."""
    lines = [line for it in requirement_files(install) for line in _lines(it)]
    found = (_NAME.match(line.strip()) for line in (*lines, *install.arguments))
    return {canonicalize_name(it[0]) for it in found if it}


def remove_runtime(path: Path, installed: Mapping[str, str] | None = None) -> list[str]:
    """Rewrite the file without what the runtime has, and return the removed lines."""
    lines = path.read_text(encoding="utf-8-sig").splitlines(keepends=True)
    taken = [line for line in lines if settled(line, installed or {})]
    if taken:
        path.write_text("".join(line for line in lines if line not in taken))
    return [line.strip() for line in taken]


def _closure(path: Path, seen: frozenset[Path]) -> Iterator[Path]:
    if path in seen or not path.is_file():
        return
    yield path
    for line in _lines(path):
        if match := _NAMED.match(line):
            yield from _closure(path.parent / match[1], seen | {path})


def _lines(path: Path) -> list[str]:
    return path.read_text(encoding="utf-8-sig").splitlines()
