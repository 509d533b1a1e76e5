"""Strict parser of a Dockerfile into instructions; it executes nothing."""

import re
from dataclasses import dataclass
from typing import Final

ACTED_ON: Final = frozenset({"FROM", "COPY", "ADD", "RUN", "ENV", "WORKDIR", "CMD", "ENTRYPOINT"})
IGNORED: Final = frozenset(
    {"ARG", "EXPOSE", "HEALTHCHECK", "LABEL", "MAINTAINER", "ONBUILD", "SHELL", "STOPSIGNAL"}
    | {"USER", "VOLUME"}
)


class DockerfileError(Exception):
    """A line that docker would refuse; the message has its number."""


@dataclass(frozen=True)
class Instruction:
    """One instruction: first line, name in capitals, and the rest unchanged."""

    line: int
    name: str
    rest: str


def read(text: str) -> list[Instruction]:
    """Parse the instructions in order, with continued lines joined.

    Raises:
        DockerfileError: an instruction is unknown or before FROM, or there is none.
    """
    instructions = [_instruction(line, said) for line, said in _logical_lines(text)]
    first = next((each for each in instructions if each.name != "ARG"), None)
    if first is None:
        raise DockerfileError("the Dockerfile is empty")
    if first.name != "FROM":
        raise DockerfileError(f"line {first.line}: no build stage: {first.name} stands before FROM")
    return instructions


def _instruction(line: int, said: str) -> Instruction:
    name, _, rest = said.partition(" ")
    name, rest = name.upper(), rest.strip()
    if name not in ACTED_ON | IGNORED:
        raise DockerfileError(f"line {line}: unknown instruction: {name}")
    if not rest:
        raise DockerfileError(f"line {line}: {name} needs an argument")
    if name in {"RUN", "COPY", "ADD"} and re.search(r"<<-?\s*['\"]?\w", rest):
        raise DockerfileError(
            f"line {line}: here-documents are not supported; write it as one line"
        )
    return Instruction(line, name, rest)


def _logical_lines(text: str) -> list[tuple[int, str]]:
    """Return lines with their numbers, without comments and blanks, continued ones joined."""
    lines: list[tuple[int, str]] = []
    begun: tuple[int, str] | None = None
    for number, raw in enumerate(text.splitlines(), start=1):
        said = raw.strip()
        if not said or said.startswith("#"):
            continue
        start, before = begun or (number, "")
        joined = f"{before} {said.removesuffix('\\').strip()}".strip()
        begun = (start, joined) if said.endswith("\\") else None
        if begun is None:
            lines.append((start, joined))
    return [*lines, begun] if begun else lines
