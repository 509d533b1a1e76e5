"""Cut a result to the size of a message, and list what was cut.

A queue of the Standard tier takes messages of 256 KB, properties and all.
"""

import json
from collections.abc import Mapping
from typing import Any

MOST_BYTES = 240_000
"""Most bytes of a message's body; the rest of 256 KB is for its properties."""

_TEXT = 2_000
# In the order of cutting: what a reader acts upon is cut last.
_ORDER = ("sample_request", "curl", "timings", "roles", "removed", "warnings", "findings")


def as_message(event: Mapping[str, Any], most: int = MOST_BYTES) -> dict[str, Any]:
    """Return the event, cut to `most` bytes.

    `data.cut` names the fields that were cut: a list to its first items, a text to its beginning,
    anything else to null. The ledger keeps the whole.
    """
    short = dict(event)
    data = short["data"] = dict(event["data"])
    cut = list[str]()
    for name in [*_ORDER, *(name for name in data if name not in _ORDER)]:
        over = _size(short) - most
        if over <= 0:
            break
        shorter = _shorter(data.get(name), over + 200)
        if shorter != data.get(name):
            data[name] = shorter
            cut.append(name)
            data["cut"] = cut
    return short


def written(value: Any) -> bytes:
    """Write a value as JSON in UTF-8; half a surrogate pair becomes a question mark."""
    return json.dumps(value, ensure_ascii=False).encode(errors="replace")


def _shorter(value: Any, over: int) -> Any:
    """Return the value, smaller by `over` bytes if possible."""
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
