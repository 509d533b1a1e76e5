"""Checks of text from outside before it becomes part of a path, a URL or a document."""

import unicodedata
from collections.abc import Iterable

from shared.domain.errors import Finding, Rejected

_SHOWN = 60
_ROOM = 250
"""Characters of a list of names in a message."""


class WrongName(Rejected, ValueError):  # noqa: N818 - it is an outcome, as Rejected is
    """A text that cannot be used as the name it was given for."""

    def __init__(self, cause: str, remedy: str = "Correct the name") -> None:
        super().__init__([Finding("request", None, cause, remedy)])

    def __str__(self) -> str:
        """Return the cause alone; the caller adds the place."""
        return self.findings[0].cause


def text_problem(text: str, longest: int) -> str | None:
    """Return why a text cannot be part of a name (empty, too long, unprintable), or None."""
    if not text:
        return "it is empty"
    if len(text) > longest:
        return f"it has {len(text):,} characters, and {longest:,} is the most"
    if any(_unprintable(each) for each in text):
        return "it has characters that cannot be printed"
    return None


def broken_text(text: str) -> bool:
    """Return whether a text contains NUL or a lone surrogate, which no store keeps."""
    return any(each == "\0" or "\ud800" <= each <= "\udfff" for each in text)


def quoted(text: str) -> str:
    """Quote a text for a message: cut to 60 characters, escaped if needed."""
    return repr(text[:_SHOWN]) + ("..." if len(text) > _SHOWN else "")


def join_names(names: Iterable[str]) -> str:
    """List names in a message: those that there is room for, how many more there are, or `none`."""
    shown, more, room = list[str](), 0, _ROOM
    for name in names:
        room -= len(name) + 2
        if room < 0 and shown:
            more += 1
        else:
            shown.append(name)
    return ", ".join(shown) + (f" and {more} more" if more else "") or "none"


def with_article(word: str) -> str:
    """Put `a` or `an` before a word."""
    return f"{'an' if word[:1].lower() in 'aeiou' else 'a'} {word}"


def cut(text: str, longest: int = 200) -> str:
    """Cut a text to `longest` characters, the last three of them dots."""
    return text if len(text) <= longest else f"{text[: longest - 3]}..."


def _unprintable(character: str) -> bool:
    """True for control characters, line and paragraph separators, surrogates, non-characters."""
    kind = unicodedata.category(character)
    return kind in {"Cc", "Zl", "Zp", "Cs"} or ord(character) & 0xFFFE == 0xFFFE
