"""Several files, and a request, that together make one manifest."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from shared.domain.errors import Finding, Severity
from shared.domain.parsing.document import Document, Path

WHOLE = frozenset(
    {
        ("endpoint", "identity"),
        ("deployment", "environment"),
        ("smoke_test", "input"),
        ("smoke_test", "expect"),
    }
)
"""What is replaced as a whole: half of one identity and half of another is neither."""


def patched(base: Any, over: Any, path: Path = ()) -> Any:
    """Lays one value over another: mappings key by key, the rest replaced, null takes away.

    That is JSON Merge Patch (RFC 7396), save for the places in `WHOLE`.
    """
    if not isinstance(over, Mapping) or path in WHOLE:
        return over
    result = dict(base) if isinstance(base, Mapping) else {}
    for key, value in over.items():
        if value is None:
            result.pop(key, None)
        else:
            result[key] = patched(result.get(key), value, (*path, key))
    return result


@dataclass(frozen=True)
class Layer:
    """A document, and the section of the manifest that it is (`()` for all of it)."""

    document: Document
    section: Path = ()

    def inside(self, path: Path) -> Path | None:
        """Where that place of the manifest is in this document, if it is there."""
        size = len(self.section)
        own = path[size:]
        return own if path[:size] == self.section and self.document.has(*own) else None


@dataclass(frozen=True)
class Layers:
    """Layers from the lowest to the highest; none stands for a request."""

    layers: tuple[Layer, ...] = ()

    def finding(self, path: Path, cause: str, remedy: str, severity: Severity = "error") -> Finding:
        """A finding at the highest layer that says something at that place."""
        for layer in reversed(self.layers):
            own = layer.inside(path)
            if own is not None:
                return layer.document.finding(own, cause, remedy, severity)
        return Document("manifest", {}).finding(path, cause, remedy, severity)
