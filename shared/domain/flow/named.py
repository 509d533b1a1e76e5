"""Which texts of a package a flow file names, so that only these are read."""

from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath
from typing import Any

from shared.domain.document import Document, reach


def named_texts(document: Document) -> frozenset[str]:
    """Paths of Python sources and requirements that the flow file names, there or not."""
    value = document.value
    return frozenset(
        PurePosixPath(path).as_posix()
        for path in (*_sources(value), *_entry(value), *_requirements(value))
    )


def _sources(value: Any) -> Iterator[str]:
    """Of all nodes and their variants: whatever is a source with a path."""
    if isinstance(value, Mapping):
        path = reach(value, ("source", "path"))[0]
        if isinstance(path, str) and path.endswith(".py"):
            yield path
    for each in value.values() if isinstance(value, Mapping) else ():
        yield from _sources(each)
    for each in value if isinstance(value, list) else ():
        yield from _sources(each)


def _entry(value: Any) -> Iterator[str]:
    entry = reach(value, ("entry",))[0]
    if isinstance(entry, str):
        stem = entry.partition(":")[0].replace(".", "/")
        yield from (f"{stem}.py", f"{stem}/__init__.py")


def _requirements(value: Any) -> Iterator[str]:
    said = reach(value, ("environment", "python_requirements_txt"))[0]
    yield said if isinstance(said, str) else "requirements.txt"
    yield "requirements.txt"
