"""Print lines, tables and JSON: aligned, wrapped at words and coloured only in a terminal."""

import json
import os
import re
import shutil
import sys
import textwrap
from collections.abc import Iterable, Iterator, Sequence
from typing import IO, Any, Final

_COLOURS: Final = {
    "green": ("succeeded", "unchanged", "Succeeded", "can be deployed"),
    "red": (
        "failed",
        "rolled back",
        "rejected",
        "error",
        "Failed",
        "missing",
        "cannot be deployed",
    ),
    "yellow": ("superseded", "canceled", "warning", "waiting", "held", "drift"),
}
_CODES: Final = {"green": "\x1b[32m", "red": "\x1b[31m", "yellow": "\x1b[33m"}
_WORDS: Final = {word: colour for colour, words in _COLOURS.items() for word in words}
_COLOURED: Final = re.compile(
    rf"(?<![\w'-])({'|'.join(sorted(_WORDS, key=len, reverse=True))})(?![\w'-])"
)
# A command is to be copied, so it stays in one piece.
_COMMAND: Final = re.compile(r"\b(?:az|sluice|curl) [a-z]")


def print_json(value: Any) -> None:
    """Print a value as indented JSON."""
    print(json.dumps(value, indent=2, ensure_ascii=False))


def print_lines(lines: Iterable[str], out: IO[str] | None = None) -> None:
    """Print lines. In a terminal wrap them at words, and colour the word that tells the state."""
    out = sys.stdout if out is None else out
    for line in lines:
        for row in _wrapped(line, out):
            print(_coloured(row) if has_colour(out) else row, file=out)


def has_colour(out: IO[str]) -> bool:
    """Return whether to colour what is written to `out` (https://no-color.org)."""
    return out.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def table(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """Yield rows of equal length as lines with aligned columns."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        yield "  ".join(cells).rstrip()


def moment(time: str | None) -> str:
    """Shorten a time in ISO 8601 and UTC to seconds."""
    return f"{time[:19]}Z" if time else "at an unknown time"


def _wrapped(line: str, out: IO[str]) -> list[str]:
    if not out.isatty() or _COMMAND.search(line):
        return [line]
    indent = re.match(r"\s*(?:\S+ {2,})?", line)
    below = " " * min(len(indent.group()) if indent else 0, 24)
    width = max(shutil.get_terminal_size().columns, 20)
    rows = textwrap.wrap(
        line,
        width,
        subsequent_indent=below,
        break_long_words=False,
        break_on_hyphens=False,
        replace_whitespace=False,
        drop_whitespace=True,
    )
    return rows or [""]


def _coloured(row: str) -> str:
    """Colour the first word of state in the row."""
    return _COLOURED.sub(lambda it: f"{_CODES[_WORDS[it[1]]]}{it[1]}\x1b[0m", row, count=1)
