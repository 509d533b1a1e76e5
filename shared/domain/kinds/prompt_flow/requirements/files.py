"""Requirements files as pip reads them, with those that they name in turn.

https://pip.pypa.io/en/stable/reference/requirements-file-format/
"""

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from posixpath import normpath

from shared.domain.kinds.prompt_flow.requirements.options import Kind, read_options

_OPTIONS = re.compile(r"\s(?=-)")
_COMMENT = re.compile(r"(?:^|\s)#.*")
_DIRECT = re.compile(r"(?!git@)[\w.-]+\s*(?:\[[^]]*\]\s*)?@\s*(\S+)")
_EXTRAS = re.compile(r"\[[^]]*\]$")
_ENDINGS = (".whl", ".tar.gz", ".zip", ".tar.bz2", ".tgz")


@dataclass(frozen=True)
class Said:
    """One thing that a line says: an option with its value, or a package to install."""

    line: int
    kind: Kind
    value: str

    @property
    def target(self) -> str:
        """The URL or path that it leads to, empty for a package by its name."""
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
        """The path that it leads to on this disk, None where that is a URL or a name."""
        target = self.target.partition("#")[0]
        remote = "://" in target or target.lower().startswith(("git@", "file:"))
        leads = self.kind in {"package", "file", "links"}
        return target if target and leads and not remote else None


def read_requirements(text: str) -> Iterator[Said]:
    """What the lines say that install, or say where from."""
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


def _line(number: int, line: str) -> Iterator[Said]:
    """Behind a package, pip ignores most options, but the file holds them all the same."""
    package, options = "", line.strip()
    if not options.startswith("-"):
        package, options = [*_OPTIONS.split(options, maxsplit=1), ""][:2]
    if package:
        yield Said(number, "package", " ".join(package.split()))
    for kind, value in read_options(options):
        yield Said(number, "other" if package and kind != "unknown" else kind, value)


def walked(path: str, texts: Mapping[str, str]) -> Iterator[tuple[str, Said]]:
    """All that a requirements file says and those that it names, each with its file.

    Files that are not among the texts are passed over.
    """
    waiting, seen = [path], {path}
    while waiting:
        file = waiting.pop(0)
        for said in read_requirements(texts.get(file, "")):
            yield file, said
            named = named_file(file, said)
            if named is not None and named not in seen:
                seen.add(named)
                waiting.append(named)


def led_to(path: str, texts: Mapping[str, str], files: Collection[str]) -> tuple[str, ...]:
    """The files of the package that pip needs for a requirements file, it included, sorted.

    Those that it names with -r and -c, wheels and archives, and all of a folder that it installs.
    """
    places = {path} | {
        place for file, said in walked(path, texts) if (place := place_of(file, said))
    }
    return tuple(sorted(each for each in files if _is_below(each, places)))


def place_of(file: str, said: Said) -> str | None:
    """The path in the package that a line leads to; None where it is a URL or a name.

    pip takes files of requirements from the file that names them, and all others from the folder
    that it runs in, which is the flow's own.
    """
    if said.kind == "file":
        return named_file(file, said)
    return None if said.path is None else normpath(_EXTRAS.sub("", said.path))


def _is_below(path: str, places: Collection[str]) -> bool:
    return path in places or any(str(above) in places for above in PurePosixPath(path).parents)


def named_file(file: str, said: Said) -> str | None:
    """The path in the package of a requirements or constraints file that a line of one names."""
    if said.kind != "file" or said.path is None:
        return None
    return normpath((PurePosixPath(file).parent / said.path).as_posix())
