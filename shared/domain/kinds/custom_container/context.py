"""Find what a Dockerfile copies and its build context has not."""

from collections.abc import Iterator
from fnmatch import fnmatch
from posixpath import normpath

from shared.domain.errors import Finding
from shared.domain.kinds.custom_container.dockerfile import Instruction, Stage
from shared.domain.kinds.files import Files


def copy_findings(stage: Stage, folder: str, files: Files) -> Iterator[Finding]:
    """Find sources of COPY and ADD that the build context, a folder of the package, has not."""
    inside = _inside(folder, files)
    where = "" if folder == "." else f" '{folder}'"
    for each in stage.instructions:
        for source in _sources(each, stage):
            path = normpath(source.lstrip("/"))
            if path == "." or _has(path, inside):
                continue
            cause, remedy = inside.lacking(path) or ("", "")
            if path.startswith("../"):
                remedy = "Move it into the build context, or name the folder above as build.path"
            cause = f"{each.name} of what the build context{where} has not: {cause}"
            yield Finding(stage.file, each.line, cause, remedy)


def _inside(folder: str, files: Files) -> Files:
    """The files of the build context, by their paths in it."""
    if folder == ".":
        return files
    above = f"{folder}/"
    return Files(
        frozenset(it.removeprefix(above) for it in files.files if it.startswith(above)),
        {
            it.removeprefix(above): files.left_out[it]
            for it in files.left_out
            if it.startswith(above)
        },
    )


def _sources(each: Instruction, stage: Stage) -> Iterator[str]:
    """The paths that an instruction copies from the context, as far as they are known."""
    words = each.words
    if each.name not in {"COPY", "ADD"} or any(it.startswith("--from") for it in words):
        return
    for written in [it for it in words if not it.startswith("--")][:-1]:
        source = stage.filled(written)
        if not ("://" in source or "$" in source or source.startswith(("git@", "<<"))):
            yield source


def _has(path: str, inside: Files) -> bool:
    """Whether there is such a file or folder; `*` of a pattern stays inside a folder."""
    parts = path.split("/")
    for file in inside.files:
        begins = file.split("/")[: len(parts)]
        pairs = zip(begins, parts, strict=False)
        if len(begins) == len(parts) and all(fnmatch(name, part) for name, part in pairs):
            return True
    return False
