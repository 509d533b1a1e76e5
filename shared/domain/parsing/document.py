"""A parsed file with its line numbers, so that every finding can name one."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from shared.domain.errors import Finding, Severity

type Path = tuple[str | int, ...]
"""Keys and indices from the top of a document: `("nodes", 2, "source")`."""


@dataclass(frozen=True)
class Document:
    """The content of a file, or of a part of a request.

    Attributes:
        file: Path inside the package, or the name of the part of a request.
        value: Plain mappings, lists and scalars.
        lines: Line of every key and item, by path; None for JSON in a request, which has
            no lines: places are then written `manifest.endpoint.name`.
    """

    file: str
    value: Any
    lines: Mapping[Path, int] | None = None

    def line(self, *path: str | int) -> int | None:
        """Return the line of that key or item, or of its nearest ancestor that exists."""
        if self.lines is None:
            return None
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path)

    def finding(self, path: Path, cause: str, remedy: str, severity: Severity = "error") -> Finding:
        """Make a finding at that place."""
        if self.lines is None:
            return Finding(".".join([self.file, *map(str, path)]), None, cause, remedy, severity)
        return Finding(self.file, self.line(*path), cause, remedy, severity)

    def has(self, *path: str | int) -> bool:
        """Return whether the key or item exists, even if it is null."""
        return reach(self.value, path)[1]


def reach(value: Any, path: Path) -> tuple[Any, bool]:
    """Return the value at a path in plain mappings and lists, and whether it exists."""
    for part in path:
        keyed = isinstance(value, Mapping) and part in value
        if not keyed and not _indexed(value, part):
            return None, False
        value = value[part]
    return value, True


def _indexed(value: Any, part: str | int) -> bool:
    return isinstance(value, list) and isinstance(part, int) and 0 <= part < len(value)
