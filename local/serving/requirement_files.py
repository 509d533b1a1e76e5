"""The requirements files of a pip install, including nested ones."""

import itertools
import re
from collections.abc import Iterator
from pathlib import Path

from local.serving.pip_install import PipInstall

_FLAGS = frozenset({"-r", "--requirement", "-c", "--constraint"})
_NAMED = re.compile(r"\s*(?:-r|--requirement|-c|--constraint)[\s=]+(\S+)")
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


def remove_runtime(path: Path) -> list[str]:
    """Rewrite the file without the runtime's own packages, and return the removed lines."""
    lines = path.read_text(encoding="utf-8-sig").splitlines(keepends=True)
    taken = [line for line in lines if _RUNTIME.match(line)]
    if taken:
        path.write_text("".join(line for line in lines if line not in taken))
    return [line.strip() for line in taken]


def _closure(path: Path, seen: frozenset[Path]) -> Iterator[Path]:
    if path in seen or not path.is_file():
        return
    yield path
    for line in path.read_text(encoding="utf-8-sig").splitlines():
        if match := _NAMED.match(line):
            yield from _closure(path.parent / match[1], seen | {path})
