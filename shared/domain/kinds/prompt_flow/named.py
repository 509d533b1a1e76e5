"""Which texts of a package a flow file names, so that only these are read."""

from collections.abc import Iterator, Mapping
from posixpath import normpath
from typing import Any

from shared.domain.parsing.document import Document, reach

SAMPLES = "samples.json"
"""What the runtime shows as the request's example; it reads the file when it starts."""


def named_texts(document: Document) -> frozenset[str]:
    """Paths of sources, templates and requirements that the flow file names, there or not."""
    value = document.value
    return frozenset(
        normpath(path)
        for path in (*_sources(value), *_entry(value), *_requirements(value), SAMPLES)
        if path
    )


def named_requirements(document: Document) -> frozenset[str]:
    """Those of them that are requirements, and may name further ones."""
    return frozenset(normpath(path) for path in _requirements(document.value) if path)


def _sources(value: Any) -> Iterator[str]:
    """Of all nodes and their variants: whatever is a source with a path."""
    if isinstance(value, Mapping):
        path = reach(value, ("source", "path"))[0]
        if isinstance(path, str):
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
