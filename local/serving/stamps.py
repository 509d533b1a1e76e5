"""What a folder was made from: a stamp written last, so that a half-made one is made again."""

from pathlib import Path

_NAME = ".stamp"


def stamp(folder: Path) -> str:
    """The stamp of a folder; empty where it is missing or was not finished."""
    mark = folder / _NAME
    return mark.read_text() if mark.exists() else ""


def finish(folder: Path, made_from: str) -> None:
    """Say that the folder is finished, and what it was made from."""
    (folder / _NAME).write_text(made_from)
