"""Stamps of folders, written last, so that an incomplete folder is created again."""

from pathlib import Path

_NAME = ".stamp"


def stamp(folder: Path) -> str:
    """Return the stamp of a folder, empty if the folder is missing or incomplete."""
    mark = folder / _NAME
    return mark.read_text() if mark.exists() else ""


def finish(folder: Path, made_from: str) -> None:
    """Mark the folder as complete, with a stamp of its inputs."""
    (folder / _NAME).write_text(made_from)
