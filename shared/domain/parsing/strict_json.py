"""Read JSON as RFC 8259 defines it; Python's reader also takes NaN, Infinity and any nesting."""

import json
from collections.abc import Iterator
from typing import Any, NoReturn

from shared.domain.parsing.text import broken_text

DEEPEST = 100
"""Most levels of nesting; code that recurses through a value can handle these."""


_MOST_DIGITS = 300


def read_json(text: str | bytes) -> Any:
    """Read the value of a JSON text.

    Raises:
        ValueError: the text is not JSON, or nests deeper than `DEEPEST`; the message is the reason.
    """
    return _read(text)


def read_request(text: str | bytes) -> Any:
    """Read the JSON text of a request, which must be unambiguous and storable.

    Raises:
        ValueError: as `read_json`, and if a key is repeated, a number has more than 300 digits, or
            a text contains NUL or half a surrogate pair.
    """
    value = _read(text, object_pairs_hook=_once, parse_int=_whole)
    if any(broken_text(each) for each in _texts(value)):
        raise ValueError("it contains NUL or half a surrogate pair")
    return value


def _read(text: str | bytes, **hooks: Any) -> Any:
    try:
        value = json.loads(text, parse_constant=_refuse, **hooks)
    except RecursionError:
        raise ValueError(_too_deep()) from None
    if _deeper(value):
        raise ValueError(_too_deep())
    return value


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a key is repeated in one of its objects")
    return found


def _whole(digits: str) -> int:
    if len(digits) > _MOST_DIGITS:
        raise ValueError(f"it contains a number of more than {_MOST_DIGITS} digits")
    return int(digits)


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, each in value.items():
            yield key
            yield from _texts(each)
    elif isinstance(value, list):
        for each in value:
            yield from _texts(each)


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"it contains {constant}, which is not valid JSON")


def _too_deep() -> str:
    return f"its objects and lists nest deeper than {DEEPEST} levels"


def _deeper(value: Any) -> bool:
    """Return whether a value nests too deep; walks level by level, without recursion."""
    level = [value]
    for _ in range(DEEPEST + 1):
        inner = [it for it in level if isinstance(it, dict | list)]
        if not inner:
            return False
        level = [each for it in inner for each in (it.values() if isinstance(it, dict) else it)]
    return True
