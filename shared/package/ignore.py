"""Ignore files: which paths they leave out, in time that grows with their length and no faster.

The rules are git's as azure-ai-ml 1.35 applies them, with pathspec's gitwildmatch: one file at the
root, the last line that fits a file decides, and what lies under a folder that is left out can be
taken back in.
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
"""The first that is there counts."""

type Rule = tuple[bool, str]
"""Whether a line leaves out or takes back in, and what, as a regular expression."""


@dataclass(frozen=True)
class Ignored:
    """The lines of an ignore file, the last ones first; neighbours of one sign are one rule."""

    rules: tuple[tuple[bool, re.Pattern[str]], ...] = ()

    def leaves_out(self, path: str) -> bool:
        """Whether the file of that path, relative and with forward slashes, is left out."""
        return next((out for out, rule in self.rules if rule.match(path)), False)


def read_ignore_file(root: Path) -> Ignored:
    """The ignore file of a folder; nothing is left out where there is none.

    Raises:
        Rejected: with file and line, where it cannot be read or is too large.
    """
    name = next((name for name in NAMES if (root / name).exists(follow_symlinks=False)), None)
    if name is None:
        return Ignored()
    if (root / name).is_symlink() or not (root / name).is_file():
        raise rejected(name, "the ignore file is no plain file", "Write a text file, or remove it")
    return parse_ignore(read_text(root, name), name)


def parse_ignore(text: str, file: str) -> Ignored:
    """The lines of an ignore file. Raises Rejected with every line that cannot be used."""
    if len(text) > limits.MAX_IGNORE:
        cause = f"the ignore file is over {limits.MAX_IGNORE // 1024} KB"
        raise rejected(file, cause, "Leave lines out")
    rules, findings = list[Rule](), list[Finding]()
    for number, line in enumerate(re.split(r"\r\n|\r|\n", text), start=1):
        try:
            rules.extend(_rule(line.strip()))
        except ValueError as error:
            findings.append(Finding(file, number, str(error), "Correct the pattern"))
    if len(rules) > limits.MAX_PATTERNS:
        cause = f"the ignore file has {len(rules)} patterns, over {limits.MAX_PATTERNS}"
        findings.append(Finding(file, None, cause, "Leave lines out"))
    if findings:
        raise Rejected(findings)
    return Ignored(tuple(_together(rules)))


def _rule(line: str) -> Iterator[Rule]:
    """What a line says; blank lines and comments say nothing."""
    if line in {"", "/", "!/"} or line.startswith("#"):
        return
    if len(line) > limits.MAX_PATTERN:
        raise ValueError(f"the pattern is over {limits.MAX_PATTERN} characters")
    if line.count("*") > limits.MAX_WILDCARDS:
        raise ValueError(f"the pattern has over {limits.MAX_WILDCARDS} wildcards")
    said = line.removeprefix("!")
    yield said == line, expression_of(said)


def _together(rules: list[Rule]) -> Iterator[tuple[bool, re.Pattern[str]]]:
    for out, group in groupby(reversed(rules), key=lambda rule: rule[0]):
        yield out, re.compile("|".join(f"(?>{expression})" for _, expression in group), re.DOTALL)
