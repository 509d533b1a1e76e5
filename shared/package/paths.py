"""Check the paths in a package, by their names alone."""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from shared.domain.errors import Finding
from shared.package import limits

_SLASH = re.compile("/")
_DRIVE = re.compile(r"[A-Za-z]:")


def is_tool_litter(path: str) -> bool:
    """Return whether a desktop's zip tool wrote the file (`__MACOSX`, `.DS_Store`)."""
    parts = path.rstrip("/").split("/")
    return "__MACOSX" in parts or parts[-1] == ".DS_Store"


def path_findings(paths: Sequence[str]) -> Iterator[Finding]:
    """Findings for every invalid path; the entry of a folder ends with a slash."""
    for path in dict.fromkeys(paths):
        cause = _problem(path)
        if cause:
            yield Finding(printable(path), None, cause, "Pack the flow again from its own folder")
    yield from _too_many_folders(paths)
    yield from _duplicates(paths)
    yield from _collisions(paths)


def _problem(path: str) -> str | None:
    parts = path.removesuffix("/").split("/")
    wrong = {
        "has control or invisible characters": any(_unseen(letter) for letter in path),
        "has a backslash": "\\" in path,
        "is absolute": path.startswith("/") or bool(_DRIVE.match(path)),
        "leads out of the package ('..')": ".." in parts,
        "has an empty part or '.'": not {"", "."}.isdisjoint(parts),
        f"lies over {limits.MAX_DEPTH} folders deep": len(parts) > limits.MAX_DEPTH + 1,
        f"is too long (over {limits.MAX_PATH} characters, or a part over "
        f"{limits.MAX_PATH_PART} bytes)": len(path) > limits.MAX_PATH or any(map(_too_long, parts)),
    }
    return next((f"the path {problem}" for problem, so in wrong.items() if so), None)


def _unseen(letter: str) -> bool:
    return not letter.isprintable() and unicodedata.category(letter) in {
        "Cc",
        "Cf",
        "Cs",
        "Zl",
        "Zp",
    }


def _too_long(part: str) -> bool:
    return len(part.encode(errors="replace")) > limits.MAX_PATH_PART


def _too_many_folders(paths: Iterable[str]) -> Iterator[Finding]:
    folders = {path[: slash.start()] for path in paths for slash in _SLASH.finditer(path)}
    if len(folders) > limits.MAX_FOLDERS:
        cause = f"the package has {len(folders)} folders, over {limits.MAX_FOLDERS}"
        yield Finding("package", None, cause, "Leave out what the flow does not need to run")


def _duplicates(paths: Iterable[str]) -> Iterator[Finding]:
    for path, times in Counter(paths).items():
        if times > 1:
            yield Finding(
                printable(path), None, f"the path occurs {times} times", "Keep one of them"
            )


@dataclass
class _Place:
    """A file or folder: its spelling, and its content if it is a folder."""

    spelled: str
    file: bool = False
    inside: "dict[str, _Place]" = field(default_factory=dict)


def _collisions(paths: Iterable[str]) -> Iterator[Finding]:
    """Findings for paths that differ only in case or Unicode form, or are both file and folder.

    Each part of each path is visited once: a tree of 2,000 deep paths has 60,000 parts.
    """
    top, both = _Place(""), dict[str, None]()
    for path in dict.fromkeys(paths):
        place, parts = top, path.removesuffix("/").split("/")
        for depth, part in enumerate(parts, start=1):
            place = place.inside.setdefault(_folded(part), _Place(part))
            last = depth == len(parts)
            if place.spelled != part:
                other = printable("/".join([*parts[: depth - 1], place.spelled]))
                cause = f"the path differs from '{other}' only in case or Unicode form"
                yield Finding(printable("/".join(parts[:depth])), None, cause, "Rename one of them")
                break
            place.file |= last and not path.endswith("/")
            if place.file and (place.inside or not last):
                both["/".join(parts[:depth])] = None
    for path in sorted(both):
        yield Finding(printable(path), None, "the path is both file and folder", "Rename one")


def _folded(path: str) -> str:
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", path).casefold())


def printable(path: str) -> str:
    """The path as it may appear in a message: without control characters, cut if very long."""
    shown = "".join(
        letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in path
    )
    return shown if len(shown) <= 120 else shown[:117] + "..."
