"""Ignore files: the paths that they leave out, matched in linear time.

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

type Rule = tuple[bool, str]
"""Whether a line leaves files out (or includes them again), and its regular expression."""


@dataclass(frozen=True)
class Ignored:
    """The rules of an ignore file, last line first; adjacent lines of one kind are one rule."""

    rules: tuple[tuple[bool, re.Pattern[str]], ...] = ()

    def leaves_out(self, path: str) -> bool:
        """Return whether this file is left out; `path` is relative, with forward slashes."""
        return next((out for out, rule in self.rules if rule.match(path)), False)


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
    rules, findings = list[Rule](), list[Finding]()
    for number, line in enumerate(re.split(r"\r\n|\r|\n", text), start=1):
        try:
            rules.extend(_rule(line.strip()))
        except ValueError as error:
            findings.append(Finding(file, number, str(error), "Correct the pattern"))
    if len(rules) > limits.MAX_PATTERNS:
        cause = f"the ignore file has {len(rules)} patterns, over {limits.MAX_PATTERNS}"
        findings.append(Finding(file, None, cause, "Remove some lines"))
    if findings:
        raise Rejected(findings)
    return Ignored(tuple(_together(rules)))


def _rule(line: str) -> Iterator[Rule]:
    """The rule of a line; none for blank lines and comments."""
    if line in {"", "/", "!/"} or line.startswith("#"):
        return
    if len(line) > limits.MAX_PATTERN:
        raise ValueError(f"the pattern is over {limits.MAX_PATTERN} characters")
    if line.count("*") > limits.MAX_WILDCARDS:
        raise ValueError(f"the pattern has over {limits.MAX_WILDCARDS} wildcards")
    pattern = line.removeprefix("!")
    yield pattern == line, expression_of(pattern)


def _together(rules: list[Rule]) -> Iterator[tuple[bool, re.Pattern[str]]]:
    for out, group in groupby(reversed(rules), key=lambda rule: rule[0]):
        yield out, re.compile("|".join(f"(?>{expression})" for _, expression in group), re.DOTALL)
