"""The options of a line of requirements, as pip's own parser reads them.

https://pip.pypa.io/en/stable/reference/requirements-file-format/#supported-options
"""

import shlex
from collections.abc import Iterator, Mapping
from typing import Literal

type Kind = Literal["package", "file", "index", "links", "host", "other", "unknown"]

_LONG: Mapping[str, Kind] = {
    **dict.fromkeys(("--requirement", "--constraint"), "file"),
    **dict.fromkeys(("--index-url", "--pypi-url", "--extra-index-url"), "index"),
    "--find-links": "links",
    "--editable": "package",
    "--trusted-host": "host",
    **dict.fromkeys(("--hash", "--config-settings", "--global-option", "--use-feature"), "other"),
    **dict.fromkeys(("--no-binary", "--only-binary", "--all-releases", "--only-final"), "other"),
}
_FLAGS = frozenset(
    {"--no-index", "--prefer-binary", "--require-hashes", "--no-require-hashes", "--pre"}
)
_SHORT = {
    "-r": "--requirement",
    "-c": "--constraint",
    "-e": "--editable",
    "-f": "--find-links",
    "-i": "--index-url",
    "-C": "--config-settings",
}


def read_options(text: str) -> Iterator[tuple[Kind, str]]:
    """Each option that takes a value, with it; of one that pip does not know, all that follows."""
    try:
        words = shlex.split(text)
    except ValueError:  # an open quote
        words = text.split()
    at = 0
    while at < len(words):
        word, at = words[at], at + 1
        if not word.startswith("-"):
            continue
        option, value = _option(word)
        if option in _FLAGS:
            continue
        if option not in _LONG:
            yield "unknown", " ".join(words[at - 1 :])
            return
        if value is None and at < len(words):
            value, at = words[at], at + 1
        if value:
            yield _LONG[option], value


def _option(word: str) -> tuple[str, str | None]:
    """Its long name and its value, None where that is the next word.

    A long option may be shortened as far as no other begins so.
    """
    if not word.startswith("--"):
        return _SHORT.get(word[:2], word), word[2:] or None
    said, equals, value = word.partition("=")
    named = [said] if said in {*_LONG, *_FLAGS} else []
    named = named or [each for each in (*_LONG, *_FLAGS) if each.startswith(said)]
    return named[0] if len(named) == 1 else said, value if equals else None
