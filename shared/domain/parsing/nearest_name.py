"""Which of the known names a person may have meant."""

from collections.abc import Iterable
from difflib import get_close_matches
from itertools import islice

_LONGEST = 60
"""Characters of a name that is compared: nobody misspells a longer one, and comparing takes its
square."""
_MOST = 200


def near(name: str, known: Iterable[str]) -> str | None:
    """The known name that is most like this one; None where none is, or it is too long."""
    if len(name) > _LONGEST:
        return None
    short = (each for each in known if len(each) <= _LONGEST)
    return next(iter(get_close_matches(name, list(islice(short, _MOST)), n=1)), None)
