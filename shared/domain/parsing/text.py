"""Text from outside: what of it can become part of a path, a URL or a document."""

import unicodedata

from shared.domain.errors import Finding, Rejected

_SHOWN = 60


class WrongName(Rejected, ValueError):  # noqa: N818 - it is an outcome, as Rejected is
    """A text that cannot be the name that it was given as."""

    def __init__(self, cause: str, remedy: str = "Correct the name") -> None:
        super().__init__([Finding("request", None, cause, remedy)])

    def __str__(self) -> str:
        """The cause alone: whoever tells it knows the place."""
        return self.findings[0].cause


def text_problem(text: str, longest: int) -> str | None:
    """Why a text can be no part of a name, or None: empty, too long, or not all printable."""
    if not text:
        return "it is empty"
    if len(text) > longest:
        return f"it has {len(text):,} characters, and {longest:,} is the most"
    if any(_unprintable(each) for each in text):
        return "it has characters that cannot be printed"
    return None


def broken_text(text: str) -> bool:
    """Whether a text holds NUL or half a character (a lone surrogate): no store keeps these."""
    return any(each == "\0" or "\ud800" <= each <= "\udfff" for each in text)


def quoted(text: str) -> str:
    """A text that somebody gave as a message may show it: in quotes, cut, escaped where needed."""
    return repr(text[:_SHOWN]) + ("..." if len(text) > _SHOWN else "")


def _unprintable(character: str) -> bool:
    """Control characters, line and paragraph separators, surrogates and non-characters."""
    kind = unicodedata.category(character)
    return kind in {"Cc", "Zl", "Zp", "Cs"} or ord(character) & 0xFFFE == 0xFFFE
