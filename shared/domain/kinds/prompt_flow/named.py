"""Find the texts of a package that a flow file names, so that only these are read."""

from collections.abc import Iterator, Mapping
from posixpath import normpath
from typing import Any

from shared.domain.parsing.document import Document, reach

SAMPLES = "samples.json"
"""Sample requests, which the runtime reads when it starts."""


def named_texts(document: Document) -> frozenset[str]:
    """Return the paths of sources, templates and requirements that the flow file names."""
    value = document.value
    return frozenset(
        normpath(path)
        for path in (*_sources(value), *_entry(value), *_requirements(value), SAMPLES)
        if path
    )


def named_requirements(document: Document) -> frozenset[str]:
    """Return the paths of requirements files, which may name further ones."""
    return frozenset(normpath(path) for path in _requirements(document.value) if path)


def _sources(value: Any) -> Iterator[str]:
    """Yield the source paths of all nodes and their variants."""
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
    path = reach(value, ("environment", "python_requirements_txt"))[0]
    yield path if isinstance(path, str) else "requirements.txt"
    yield "requirements.txt"
