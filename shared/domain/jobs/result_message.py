"""A result as a message: cut to what a queue takes, with a note of what was cut.

A queue of the Standard tier takes messages of 256 KB, properties and all.
"""

import json
from collections.abc import Mapping
from typing import Any

MOST_BYTES = 240_000
"""Of the message's body, in UTF-8; the rest of 256 KB is left to its properties."""

_TEXT = 2_000
# What a reader acts upon stands last: it is cut only where cutting the others was not enough.
_ORDER = ("sample_request", "curl", "timings", "roles", "removed", "warnings", "findings")


def as_message(event: Mapping[str, Any], most: int = MOST_BYTES) -> dict[str, Any]:
    """The event, or as much of it as fits into so many bytes.

    What is cut is named in `data.cut`: a list by its first items, a text by its beginning, anything
    else to null. The ledger keeps the whole.
    """
    told = dict(event)
    data = told["data"] = dict(event["data"])
    cut = list[str]()
    for name in [*_ORDER, *(name for name in data if name not in _ORDER)]:
        over = _size(told) - most
        if over <= 0:
            break
        shorter = _shorter(data.get(name), over + 200)
        if shorter != data.get(name):
            data[name] = shorter
            cut.append(name)
            data["cut"] = cut
    return told


def written(value: Any) -> bytes:
    """As JSON in UTF-8. Half a surrogate pair, which no encoding has, becomes a question mark."""
    return json.dumps(value, ensure_ascii=False).encode(errors="replace")


def _shorter(value: Any, over: int) -> Any:
    """The value, smaller by so many bytes if it can be."""
    if isinstance(value, list):
        return _fewer(value, max(_size(value) - over, 2))
    if isinstance(value, str):
        return value[:_TEXT]
    if isinstance(value, dict) and "cause" in value:  # a diagnosis: each of its texts
        return {key: it[:_TEXT] if isinstance(it, str) else it for key, it in value.items()}
    return None


def _fewer(items: list[Any], most: int) -> list[Any]:
    kept, size = list[Any](), 2
    for item in items:
        size += _size(item) + 2
        if size > most:
            break
        kept.append(item)
    return kept


def _size(value: Any) -> int:
    return len(written(value))
