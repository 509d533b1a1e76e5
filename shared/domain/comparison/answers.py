"""Compare two answers, value by value."""

import json
import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from shared.domain.comparison.paths import Place, fits, parts, written
from shared.domain.comparison.settings import Allowances
from shared.domain.masking import masked
from shared.domain.parsing.text import cut

NOTHING = "nothing"
"""What is shown in place of a value that is not there."""

_LONGEST = 200
_MASKED = 10_000
"""Characters in which secrets are looked for; none of those shown is at their end."""
_MOST_WORDS = 20_000
"""Longer texts must be equal: to compare these takes a fifth of a second."""
# A word, a sign, or one character of a script that is written without spaces.
_WORD = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]|\w+|[^\w\s]")


@dataclass(frozen=True)
class Difference:
    """A value that differs: where, and both as they are shown, masked and cut."""

    path: str
    old: str
    new: str
    words: str = ""

    def __str__(self) -> str:
        """Return it as a part of a sentence."""
        why = f" ({self.words})" if self.words else ""
        return f"{self.path}: {self.old} became {self.new}{why}"


def differences(old: Any, new: Any, allowed: Allowances) -> Iterator[Difference]:
    """Yield in what two JSON values differ, in the order of the old one.

    1 and 1.0 are equal; 1 and true are not.
    """
    ignored = tuple(parts(it) for it in allowed.ignore)
    yield from _compared(old, new, allowed, ignored, ())


def shown(value: Any) -> str:
    """Show a value as JSON, without secrets and at most 200 characters long."""
    text = json.dumps(value, ensure_ascii=False, default=str)[:_MASKED]
    return cut(masked(text), _LONGEST)


def similarity(old: str, new: str) -> float:
    """Return the share, in per cent, of the words that both texts have in the same order.

    Counted over both texts: 100 for the same words, 0 for none in common.
    """
    from rapidfuzz.distance import Indel  # noqa: PLC0415 - slow to import, and seldom needed

    first, second = _WORD.findall(old), _WORD.findall(new)
    if max(len(first), len(second)) > _MOST_WORDS:
        return 100.0 if first == second else 0.0
    return 100.0 * float(Indel.normalized_similarity(first, second))


def _compared(
    old: Any, new: Any, allowed: Allowances, ignored: tuple[Place, ...], at: Place
) -> Iterator[Difference]:
    if any(fits(at, it) for it in ignored):
        return
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        for name in dict.fromkeys((*old, *new)):
            place = (*at, name)
            if name in old and name in new:
                yield from _compared(old[name], new[name], allowed, ignored, place)
            elif not any(fits(place, it) for it in ignored):
                one, other = (shown(it[name]) if name in it else NOTHING for it in (old, new))
                yield Difference(written(place), one, other)
    elif isinstance(old, list) and isinstance(new, list):
        if len(old) != len(new):
            yield Difference(written(at), f"{len(old)} items", f"{len(new)} items")
        for index, (one, other) in enumerate(zip(old, new, strict=False)):
            yield from _compared(one, other, allowed, ignored, (*at, index))
    elif (why := _apart(old, new, allowed)) is not None:
        yield Difference(written(at), shown(old), shown(new), why)


def _apart(old: Any, new: Any, allowed: Allowances) -> str | None:
    """Return why two values that are not both lists or mappings differ; None if they are equal."""
    if isinstance(old, bool) is isinstance(new, bool) and old == new:
        return None
    if _is_number(old) and _is_number(new) and _near(old, new, allowed.tolerance):
        return None
    if isinstance(old, str) and isinstance(new, str) and allowed.similar_percent < 100:
        alike = similarity(old, new)
        if alike >= allowed.similar_percent:
            return None
        return f"{alike:.0f} % similar, {allowed.similar_percent:g} % are needed"
    return ""


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _near(old: float, new: float, tolerance: float) -> bool:
    try:
        return math.isclose(old, new, rel_tol=tolerance)
    except OverflowError:  # an integer that no float can hold
        return False
