"""JSON as RFC 8259 has it. Python's own reader also takes NaN, Infinity and any nesting."""

import json
from collections.abc import Iterator
from typing import Any, NoReturn

from shared.domain.parsing.text import broken_text

DEEPEST = 100
"""Objects and lists within each other. What walks a value by recursion can walk one of these."""


_MOST_DIGITS = 300


def read_json(text: str | bytes) -> Any:
    """The value that a text of JSON holds.

    Raises:
        ValueError: the text is not JSON, or nests deeper than `DEEPEST`; the message is the reason.
    """
    return _read(text)


def read_request(text: str | bytes) -> Any:
    """The same for a text that somebody asks with: it says everything once, and can be kept.

    Raises:
        ValueError: also where a key stands twice, a number has more digits than any use has, or a
            text holds NUL or half a character.
    """
    value = _read(text, object_pairs_hook=_once, parse_int=_whole)
    if any(broken_text(each) for each in _texts(value)):
        raise ValueError("it holds NUL or half a character")
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
        raise ValueError("a key stands twice in one of its objects")
    return found


def _whole(digits: str) -> int:
    if len(digits) > _MOST_DIGITS:
        raise ValueError(f"it holds a number of more than {_MOST_DIGITS} digits")
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
    raise ValueError(f"it holds {constant}, which JSON does not have")


def _too_deep() -> str:
    return f"its objects and lists nest deeper than {DEEPEST} levels"


def _deeper(value: Any) -> bool:
    """Level by level: no recursion, whatever the value."""
    level = [value]
    for _ in range(DEEPEST + 1):
        inner = [it for it in level if isinstance(it, dict | list)]
        if not inner:
            return False
        level = [each for it in inner for each in (it.values() if isinstance(it, dict) else it)]
    return True
