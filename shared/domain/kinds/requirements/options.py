"""Read the options of a requirements line as pip's parser does.

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
    """Yield each option with its value; for an unknown option, all that follows it."""
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
    """Return the option's long name and value; None if the value is the next word.

    A long option may be shortened as long as it is unambiguous.
    """
    if not word.startswith("--"):
        return _SHORT.get(word[:2], word), word[2:] or None
    entry, equals, value = word.partition("=")
    named = [entry] if entry in {*_LONG, *_FLAGS} else []
    named = named or [each for each in (*_LONG, *_FLAGS) if each.startswith(entry)]
    return named[0] if len(named) == 1 else entry, value if equals else None
