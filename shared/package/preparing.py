"""All that is done with a package's files: the app has it done in a process apart (`bounded`)."""

import shutil
from dataclasses import dataclass
from pathlib import Path

from shared.package.archive import open_zip
from shared.package.kept import context_files, digest_of, kept_files
from shared.package.reading import Reading, read


@dataclass(frozen=True)
class Opened:
    """A package on disk: the flow's root, manifests and all, and what it says."""

    root: Path
    reading: Reading


def open_and_read(package: Path, into: Path) -> Opened:
    """Opens a zip, or takes a folder as it is, and reads it.

    Raises:
        Rejected: where it may not be opened; what is wrong inside is among the reading's findings.
    """
    root = _root(package, into)
    return Opened(root, read(root))


def copy_flow_files(package: Path, into: Path) -> Path:
    """A folder named `flow` with exactly the files of the flow, as they are hashed and uploaded.

    The name is always the same, since Azure ML binds a model's version to its path.
    """
    root = _root(package, into)
    return _moved(root, kept_files(root), into / "flow")


def build_context(package: Path, into: Path, path: str) -> Path:
    """A folder named `context` with the files of a build context inside the package.

    Raises:
        Rejected: where the folder has an ignore file that cannot be read, or links.
    """
    root = _root(package, into)
    return _moved(root / path, context_files(root, path), into / "context")


def requirements_context(package: Path, into: Path, *paths: Path) -> Path:
    """A folder named `context` whose `flow` holds those files of the flow, where they were."""
    root = _root(package, into)
    _moved(root, tuple(path.as_posix() for path in paths), into / "context" / "flow")
    return into / "context"


def build_digest(root: Path, path: str) -> str:
    """Hash of the files of a build context inside a package that was opened before."""
    return digest_of(root / path, context_files(root, path))


def _root(package: Path, into: Path) -> Path:
    return package if package.is_dir() else open_zip(package, into / "opened")


def _moved(root: Path, files: tuple[str, ...], into: Path) -> Path:
    into.mkdir(parents=True)
    for path in files:
        (into / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.move(root / path, into / path)
    return into
