"""Everything that is done with a package's files; the app runs it in a separate process."""

import shutil
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from shared.domain.left_out import LeftOut
from shared.package.archive import open_zip
from shared.package.kept import context_files, digest_of, kept_files, list_flow, part_files
from shared.package.reading import Reading, read


@dataclass(frozen=True)
class Located:
    """Files of a package: of the flow, and kept from it by an ignore file, with its line."""

    kept: tuple[str, ...]
    left_out: LeftOut


@dataclass(frozen=True)
class Opened:
    """A package on disk: the folder of the flow and its manifests, and its reading."""

    root: Path
    reading: Reading


def open_and_read(package: Path, into: Path, left_out: LeftOut | None = None) -> Opened:
    """Unpack a zip (a folder is used as it is) and read it.

    `left_out`: the files that an ignore file kept out of the package when it was made.

    Raises:
        Rejected: it cannot be opened. Errors inside the package are findings of the reading.
    """
    root = _root(package, into)
    return Opened(root, read(root, left_out))


def copy_part(package: Path, into: Path, path: str, name: str) -> Path:
    """Make a folder of that name with exactly the files of a part of the package.

    A part that is one file is copied to `into / "file"`. The names are always the same, since Azure
    ML binds the version of a model or of code to the place of its content.
    """
    root = _root(package, into)
    if (root / path).is_file():
        return _moved((root / path).parent, (Path(path).name,), into / "file") / Path(path).name
    files = part_files(kept_files(root), path)
    inside = tuple(PurePosixPath(it).relative_to(path).as_posix() for it in files)
    return _moved(root / path, inside, into / name)


def locate_files(package: Path, into: Path, names: Collection[str]) -> Located:
    """The files of those names, in whatever folder; a few of each."""
    listing = list_flow(_root(package, into))

    def few(paths: Iterable[str]) -> tuple[str, ...]:
        return tuple(path for path in paths if PurePosixPath(path).name in names)[:5]

    left_out = {path: listing.ignored[path] for path in few(listing.ignored)}
    return Located(few(listing.kept), left_out)


def build_context(package: Path, into: Path, path: str) -> Path:
    """Make a folder named `context` with the files of a build context inside the package.

    Raises:
        Rejected: its ignore file cannot be read, or it has links.
    """
    root = _root(package, into)
    return _moved(root / path, context_files(root, path), into / "context")


def requirements_context(package: Path, into: Path, *paths: Path) -> Path:
    """Make a folder named `context` whose `flow` holds those files of the flow, paths kept."""
    root = _root(package, into)
    _moved(root, tuple(path.as_posix() for path in paths), into / "context" / "flow")
    return into / "context"


def build_digest(root: Path, path: str) -> str:
    """Hash the files of a build context inside a package that is already open."""
    return digest_of(root / path, context_files(root, path))


def _root(package: Path, into: Path) -> Path:
    return package if package.is_dir() else open_zip(package, into / "opened")


def _moved(root: Path, files: tuple[str, ...], into: Path) -> Path:
    into.mkdir(parents=True)
    for path in files:
        (into / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.move(root / path, into / path)
    return into
