"""Layers of a manifest: files, and the overrides of a request."""

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
"""Places that are replaced as a whole, since two halves of identities make no identity."""


def patched(base: Any, over: Any, path: Path = ()) -> Any:
    """Merge one value over another with JSON Merge Patch (RFC 7396).

    Mappings are merged key by key, null removes a key, and everything else is replaced, as are the
    places in `WHOLE`.
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
    """A document, and its section of the manifest (`()` for all of it)."""

    document: Document
    section: Path = ()

    def inside(self, path: Path) -> Path | None:
        """Return the path in this document of a place in the manifest, or None."""
        size = len(self.section)
        own = path[size:]
        return own if path[:size] == self.section and self.document.has(*own) else None


@dataclass(frozen=True)
class Layers:
    """Layers from the lowest to the highest; empty for a request."""

    layers: tuple[Layer, ...] = ()

    def finding(self, path: Path, cause: str, remedy: str, severity: Severity = "error") -> Finding:
        """Make a finding in the highest layer that sets that place."""
        for layer in reversed(self.layers):
            own = layer.inside(path)
            if own is not None:
                return layer.document.finding(own, cause, remedy, severity)
        return Document("manifest", {}).finding(path, cause, remedy, severity)
