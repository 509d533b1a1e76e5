"""Read requirements files as pip does, with those that they name in turn.

https://pip.pypa.io/en/stable/reference/requirements-file-format/
"""

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from posixpath import normpath

from shared.domain.kinds.requirements.options import Kind, read_options

_OPTIONS = re.compile(r"\s(?=-)")
_COMMENT = re.compile(r"(?:^|\s)#.*")
_DIRECT = re.compile(r"(?!git@)[\w.-]+\s*(?:\[[^]]*\]\s*)?@\s*(\S+)")
_EXTRAS = re.compile(r"\[[^]]*\]$")
_ENDINGS = (".whl", ".tar.gz", ".zip", ".tar.bz2", ".tgz")


@dataclass(frozen=True)
class Entry:
    """One part of a line: an option with its value, or a package to install."""

    line: int
    kind: Kind
    value: str

    @property
    def target(self) -> str:
        """Its URL or path; empty for a package by name."""
        if self.kind != "package":
            return self.value
        direct = _DIRECT.match(self.value)
        target = direct[1] if direct else self.value.partition(";")[0].strip()
        path = target.partition("#")[0]
        leads = "://" in path or path.lower().startswith((".", "/", "~", "git@", "file:"))
        leads = leads or "/" in path or "\\" in path or path.endswith(_ENDINGS)
        return target if leads or direct else ""

    @property
    def path(self) -> str | None:
        """Its local path; None for a URL or a name."""
        target = self.target.partition("#")[0]
        remote = "://" in target or target.lower().startswith(("git@", "file:"))
        leads = self.kind in {"package", "file", "links"}
        return target if target and leads and not remote else None


def read_requirements(text: str) -> Iterator[Entry]:
    """Yield the packages and options of a requirements file."""
    number, begun = 0, ""
    for at, line in enumerate(text.splitlines(), start=1):
        number = at if not begun else number
        bare = _COMMENT.sub("", line)
        if bare.endswith("\\"):
            begun += bare[:-1]
            continue
        yield from _line(number, f"{begun}{bare}")
        begun = ""
    yield from _line(number, begun)


def _line(number: int, line: str) -> Iterator[Entry]:
    """Read a line; pip ignores most options after a package, but secrets in them count."""
    package, options = "", line.strip()
    if not options.startswith("-"):
        package, options = [*_OPTIONS.split(options, maxsplit=1), ""][:2]
    if package:
        yield Entry(number, "package", " ".join(package.split()))
    for kind, value in read_options(options):
        yield Entry(number, "other" if package and kind != "unknown" else kind, value)


def walk_entries(path: str, texts: Mapping[str, str]) -> Iterator[tuple[str, Entry]]:
    """Yield the entries of a requirements file and of those that it names, with their files.

    Files that are not among the texts are skipped.
    """
    waiting, seen = [path], {path}
    while waiting:
        file = waiting.pop(0)
        for entry in read_requirements(texts.get(file, "")):
            yield file, entry
            named = named_file(file, entry)
            if named is not None and named not in seen:
                seen.add(named)
                waiting.append(named)


def find_needed_files(
    path: str, texts: Mapping[str, str], files: Collection[str]
) -> tuple[str, ...]:
    """Return the package's files that pip needs for a requirements file, itself included, sorted.

    These are files named with -r and -c, wheels, archives, and all files of installed folders.
    """
    places = {path} | {
        place for file, entry in walk_entries(path, texts) if (place := place_of(file, entry))
    }
    return tuple(sorted(each for each in files if _is_below(each, places)))


def place_of(file: str, entry: Entry) -> str | None:
    """Return the path in the package that an entry names; None for a URL or a name.

    pip resolves requirements files relative to the file that names them, and all other paths
    relative to its working directory, the flow's folder.
    """
    if entry.kind == "file":
        return named_file(file, entry)
    return None if entry.path is None else normpath(_EXTRAS.sub("", entry.path))


def _is_below(path: str, places: Collection[str]) -> bool:
    return path in places or any(str(above) in places for above in PurePosixPath(path).parents)


def named_file(file: str, entry: Entry) -> str | None:
    """Return the path of a requirements or constraints file that an entry names, or None."""
    if entry.kind != "file" or entry.path is None:
        return None
    return normpath((PurePosixPath(file).parent / entry.path).as_posix())
