"""JSON as RFC 8259 has it. Python's own reader also takes NaN, Infinity and any nesting."""

import json
from typing import Any, NoReturn

DEEPEST = 100
"""Objects and lists within each other. What walks a value by recursion can walk one of these."""


def read_json(text: str | bytes) -> Any:
    """The value that a text of JSON holds.

    Raises:
        ValueError: the text is not JSON, or nests deeper than `DEEPEST`; the message is the reason.
    """
    try:
        value = json.loads(text, parse_constant=_refuse)
    except RecursionError:
        raise ValueError(_too_deep()) from None
    if _deeper(value):
        raise ValueError(_too_deep())
    return value


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
