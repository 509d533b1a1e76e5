"""All that is done with a package's files: the app has it done in a process apart (`bounded`)."""

import shutil
from dataclasses import dataclass
from hashlib import file_digest, sha256
from pathlib import Path

from shared.package.archive import open_zip
from shared.package.kept import every_file, kept_files
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


def flow_files(package: Path, into: Path) -> Path:
    """A folder named `flow` with exactly the files of the flow, as they are hashed and uploaded.

    The name is always the same, since Azure ML binds a model's version to its path.
    """
    root = _root(package, into)
    return _moved(root, kept_files(root), into / "flow")


def build_context(package: Path, into: Path, path: str) -> Path:
    """The folder of a build context inside the package."""
    return _root(package, into) / path


def build_digest(folder: Path) -> str:
    """Hash of a build context's files."""
    total = sha256()
    for path in every_file(folder):
        with (folder / path).open("rb") as file:
            content = file_digest(file, "sha256").hexdigest()
        total.update(f"{path}\0{content}\n".encode())
    return total.hexdigest()


def _root(package: Path, into: Path) -> Path:
    return package if package.is_dir() else open_zip(package, into / "opened")


def _moved(root: Path, files: tuple[str, ...], into: Path) -> Path:
    into.mkdir(parents=True)
    for path in files:
        (into / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.move(root / path, into / path)
    return into
