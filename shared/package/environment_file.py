"""Replace `environment: file:…` in a deployment by the content of that file."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from pathlib import Path, PurePosixPath
from typing import Any

from shared.domain.errors import Finding, Rejected
from shared.domain.kinds.content import Content
from shared.domain.left_out import LeftOut, left_out
from shared.domain.parsing.document import Document, reach
from shared.package.texts import read_text
from shared.package.yaml_text import parse

_PREFIX = "file:"


def with_environment(
    document: Document,
    at: tuple[str, ...],
    root: Path,
    files: Collection[str],
    absent: LeftOut,
) -> tuple[Document, tuple[Finding, ...]]:
    """Return the document with its environment file inlined; paths become relative to the package.

    Args:
        document: The deployment, or our manifest.
        at: The path of the environment in it.
        root: The package; the document is at its top.
        files: All files in the package.
        absent: The files that an ignore file kept out of it.
    """
    value, _ = reach(document.value, at)
    if not isinstance(value, str) or not value.startswith(_PREFIX):
        return document, ()
    path = PurePosixPath(value.removeprefix(_PREFIX))
    if path.as_posix() not in files:
        return _with(document, at, None), (document.finding(at, *_lacking(path, absent)),)
    try:
        read = parse(read_text(root, path.as_posix()), path.as_posix()).value
    except Rejected as error:
        return _with(document, at, None), error.findings
    if not isinstance(read, Mapping) or not {"image", "build", "name"} & read.keys():
        cause = f"'{path}' is not an environment: it has no name, image or build"
        return _with(document, at, None), (document.finding(at, cause, "Name another file"),)
    return _with(document, at, _from(path.parent, read)), ()


def _lacking(path: PurePosixPath, absent: LeftOut) -> tuple[str, str]:
    if place := absent.get(path.as_posix()):
        cause, remedy = left_out(path.as_posix(), place)
        return f"the environment's file {cause}", remedy
    where = "outside the package" if path.is_absolute() or ".." in path.parts else "not in it"
    return f"the environment's file '{path}' is {where}", (
        "Put it into the package, or describe it here"
    )


def _from(folder: PurePosixPath, read: Mapping[str, Any]) -> Any:
    """Make paths relative to the package; az ml reads them from the file."""
    if isinstance(conda := read.get("conda_file"), str):
        read = {**read, "conda_file": (folder / conda).as_posix()}
    path, there = reach(read, ("build", "path"))
    if not there or not isinstance(path, str) or "://" in path:
        return read
    return {**read, "build": {**read["build"], "path": (folder / path).as_posix()}}


def _with(document: Document, at: tuple[str, ...], environment: Any) -> Document:
    value = dict(document.value)
    inner = value
    for key in at[:-1]:
        inner[key] = dict(inner[key])
        inner = inner[key]
    inner[at[-1]] = environment
    return replace(document, value=value)


def requirements_text(content: Content, root: Path) -> str | None:
    """Return the text of the package's requirements file; None if it names no package."""
    file = content.requirements_file
    if file is None:
        return None
    text = (root / file).read_text(encoding="utf-8-sig")
    wanted = [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
    return text if wanted else None
