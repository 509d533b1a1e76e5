"""The paths on disk of a folder's blobs."""

from collections.abc import Sequence
from pathlib import Path

from shared.domain.errors import rejected


def make_targets(names: Sequence[str], root: Path) -> list[Path]:
    """Return a path below `root` for each blob's name, in that order, and make their folders.

    Raises Rejected if a name cannot be a path.
    """
    targets = [_inside(root, name) for name in names]
    _make_folders(targets, root)
    return targets


def _inside(folder: Path, name: str) -> Path:
    """The target path of a blob. A blob's name may hold characters that a path may not."""
    parts = name.split("/")
    if {"", ".", ".."} & set(parts) or "\\" in name or "\0" in name:
        raise rejected(name, "The path of this file leaves the folder", "Rename it and drop again")
    return folder.joinpath(*parts)


def _make_folders(targets: Sequence[Path], root: Path) -> None:
    folders = {target.parent for target in targets}
    files = set(targets)
    for folder in sorted(folders):
        if files & {folder, *folder.parents}:
            name = folder.relative_to(root).as_posix()
            raise rejected(
                name, "This is a file as well as a folder", "Rename one of them and drop again"
            )
        folder.mkdir(parents=True, exist_ok=True)
