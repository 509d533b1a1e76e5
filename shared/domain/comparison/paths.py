"""Paths into a JSON value: `$.items[0].name`, and patterns of them with `*`."""

import re

from shared.domain.parsing.text import cut

type Place = tuple[str | int, ...]

_PART = re.compile(r"\.?([^.\[\]]+)|\[(\d+|\*)\]")
_WRITTEN = re.compile(r"(?:\$|(?:\.?[^.\[\]$]+))(?:\.[^.\[\]]+|\[(?:\d+|\*)\])*")


def path_problem(pattern: str) -> str | None:
    """Return why a text is no pattern of a path, or None. The whole answer is none either."""
    if not _WRITTEN.fullmatch(pattern):
        return f"'{pattern}' is not a path such as $.answer.id or $.items[*].score"
    if not parts(pattern):
        return f"'{pattern}' is the whole answer: nothing would be compared"
    return None


def parts(pattern: str) -> Place:
    """Split a pattern into names, indexes and `*`; the `$` at its begin may be left out."""
    found = _PART.finditer(pattern.removeprefix("$"))
    return tuple(it[1] or (it[2] if it[2] == "*" else int(it[2])) for it in found)


def written(place: Place) -> str:
    """Write a place as a path, cut to 200 characters."""
    return cut("$" + "".join(f"[{it}]" if isinstance(it, int) else f".{it}" for it in place))


def fits(place: Place, pattern: Place) -> bool:
    """Return whether the pattern names the place, or something that it is a part of."""
    return len(pattern) <= len(place) and all(
        want in ("*", part) for want, part in zip(pattern, place, strict=False)
    )
