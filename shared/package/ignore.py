"""`.amlignore` and `.gitignore`: which paths they leave out, matched in linear time.

The rules are git's as azure-ai-ml 1.35 applies them, with pathspec's gitwildmatch: there is one
file at the root, the last line that matches a file decides, and a file under an ignored folder can
be included again.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from shared.domain.errors import Finding, Rejected, rejected
from shared.package import limits
from shared.package.ignore_pattern import expression_of
from shared.package.texts import read_text

NAMES = (".amlignore", ".gitignore")
"""The first that exists is used."""

type Line = tuple[int, bool, str]
"""Its number, whether it leaves files out (or includes them again), its regular expression."""


@dataclass(frozen=True)
class Rule:
    """Adjacent lines of one kind, last line first; each is a group of the expression."""

    out: bool
    expression: re.Pattern[str]
    lines: tuple[int, ...]


@dataclass(frozen=True)
class Ignored:
    """The rules of an ignore file, last line first."""

    file: str = ""
    rules: tuple[Rule, ...] = ()

    def leaves_out(self, path: str) -> bool:
        """Return whether this file is left out; `path` is relative, with forward slashes."""
        return self.place_of(path) is not None

    def place_of(self, path: str) -> str | None:
        """Return the file and line that leave a file out (`.gitignore:3`), or None."""
        for rule in self.rules:
            if match := rule.expression.match(path):
                line = rule.lines[(match.lastindex or 1) - 1]
                return f"{self.file}:{line}" if rule.out else None
        return None


def read_ignore_file(root: Path) -> Ignored:
    """Read the ignore file of a folder; without one, nothing is left out.

    Raises:
        Rejected: with file and line, if it cannot be read or is too large.
    """
    name = next((name for name in NAMES if (root / name).exists(follow_symlinks=False)), None)
    if name is None:
        return Ignored()
    if (root / name).is_symlink() or not (root / name).is_file():
        cause = "the ignore file is not a regular file"
        raise rejected(name, cause, "Replace it with a text file, or remove it")
    return parse_ignore(read_text(root, name), name)


def parse_ignore(text: str, file: str) -> Ignored:
    """Parse an ignore file. Raises Rejected with every invalid line."""
    if len(text) > limits.MAX_IGNORE:
        cause = f"the ignore file is over {limits.MAX_IGNORE // 1024} KB"
        raise rejected(file, cause, "Remove some lines")
    lines, findings = list[Line](), list[Finding]()
    for number, line in enumerate(re.split(r"\r\n|\r|\n", text), start=1):
        try:
            lines.extend(_line(number, line.strip()))
        except ValueError as error:
            findings.append(Finding(file, number, str(error), "Correct the pattern"))
    if len(lines) > limits.MAX_PATTERNS:
        cause = f"the ignore file has {len(lines)} patterns, over {limits.MAX_PATTERNS}"
        findings.append(Finding(file, None, cause, "Remove some lines"))
    if findings:
        raise Rejected(findings)
    return Ignored(file, tuple(_together(lines)))


def _line(number: int, line: str) -> Iterator[Line]:
    """Parse a line; blank lines and comments give nothing."""
    if line in {"", "/", "!/"} or line.startswith("#"):
        return
    if len(line) > limits.MAX_PATTERN:
        raise ValueError(f"the pattern is over {limits.MAX_PATTERN} characters")
    if line.count("*") > limits.MAX_WILDCARDS:
        raise ValueError(f"the pattern has over {limits.MAX_WILDCARDS} wildcards")
    pattern = line.removeprefix("!")
    yield number, pattern == line, expression_of(pattern)


def _together(lines: list[Line]) -> Iterator[Rule]:
    for out, group in groupby(reversed(lines), key=lambda line: line[1]):
        numbers, _, expressions = zip(*group, strict=True)
        either = "|".join(f"((?>{expression}))" for expression in expressions)
        yield Rule(out, re.compile(either, re.DOTALL), numbers)
