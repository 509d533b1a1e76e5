"""Find the known name that a person may have meant."""

from collections.abc import Iterable
from difflib import get_close_matches
from itertools import islice

_LONGEST = 60
"""Longer names are not compared: the time grows with the square of the length."""
_MOST = 200


def nearest_name(name: str, known: Iterable[str]) -> str | None:
    """Return the known name most similar to this one; None if there is none, or it is too long."""
    if len(name) > _LONGEST:
        return None
    short = (each for each in known if len(each) <= _LONGEST)
    return next(iter(get_close_matches(name, list(islice(short, _MOST)), n=1)), None)
