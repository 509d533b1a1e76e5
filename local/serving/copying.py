"""COPY of a Dockerfile, from inside the build context only."""

import shutil
from collections.abc import Iterable
from pathlib import Path


def copy(context: Path, sources: Iterable[str], to: Path, *, into_folder: bool) -> None:
    """Copy files, or the content of folders, to `to`; sources may be patterns.

    `into_folder` says that `to` is a folder, even if it does not exist yet.

    Raises:
        FileNotFoundError: a source is not in the context, or lies outside it.
    """
    found = [path for source in sources for path in _found(context, source)]
    inside = into_folder or len(found) > 1 or to.is_dir()
    for path in found:
        if path.is_dir():
            shutil.copytree(path, to, dirs_exist_ok=True)
        else:
            target = to / path.name if inside else to
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(path, target)


def _found(context: Path, source: str) -> list[Path]:
    name = source.removeprefix("/").removeprefix("./").rstrip("/")
    found = [context] if name in {"", "."} else sorted(context.glob(name))
    if not found:
        raise FileNotFoundError(f"{source} is not in the context")
    whole = context.resolve()
    if not all(path.resolve().is_relative_to(whole) for path in found):
        raise FileNotFoundError(f"{source} lies outside the context")
    return found
