"""Read a Dockerfile into instructions; nothing is run."""

import json
import re
import shlex
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from shared.domain.errors import Finding

_KNOWN = frozenset(
    {"ADD", "ARG", "CMD", "COPY", "ENTRYPOINT", "ENV", "EXPOSE", "FROM", "HEALTHCHECK", "LABEL"}
    | {"MAINTAINER", "ONBUILD", "RUN", "SHELL", "STOPSIGNAL", "USER", "VOLUME", "WORKDIR"}
)
_HERE = re.compile(r"<<-?\s*(['\"]?)([A-Za-z_]\w*)\1")
_ESCAPE = re.compile(r"#\s*escape\s*=\s*`\s*", re.IGNORECASE)
_LONGEST = 4096
_VARIABLE = re.compile(r"\$(?:\{(\w+)(?::?-([^}]*))?\}|(\w+))")


@dataclass(frozen=True)
class Instruction:
    """One instruction: its first line, its name in capitals, and the rest as it is written."""

    line: int
    name: str
    rest: str

    @property
    def words(self) -> list[str]:
        """The arguments: a JSON list, or words as a shell splits them."""
        if (listed := self.listed) is not None:
            return listed
        try:
            return shlex.split(self.rest)
        except ValueError:
            return self.rest.split()

    @property
    def listed(self) -> list[str] | None:
        """The arguments of the form `["a", "b"]`; None for the shell's form."""
        try:
            found = json.loads(self.rest)
        except ValueError:
            return None
        texts = isinstance(found, list) and all(isinstance(it, str) for it in found)
        return list(found) if texts else None


@dataclass(frozen=True)
class Stage:
    """The last build stage, which becomes the image."""

    file: str
    base: str
    line: int
    instructions: tuple[Instruction, ...]
    variables: Mapping[str, str]

    def last(self, name: str) -> Instruction | None:
        """Return the last instruction of that name, which is the one that counts."""
        return next((it for it in reversed(self.instructions) if it.name == name), None)

    def filled(self, text: str) -> str:
        """Return the text with the variables that are known."""
        return filled(text, self.variables)


def read_dockerfile(text: str, file: str) -> tuple[Stage | None, tuple[Finding, ...]]:
    """Read the last stage; without one, findings say why."""
    instructions = list[Instruction]()
    for line, said in _logical_lines(text):
        name, rest = said.split(None, 1) if len(said.split(None, 1)) > 1 else (said, "")
        if name.upper() not in _KNOWN:
            cause = f"docker knows no instruction '{name}'"
            return None, (Finding(file, line, cause, "Correct it, or remove the line"),)
        if not rest:
            cause = f"{name.upper()} has no argument"
            return None, (Finding(file, line, cause, "Write what it is about"),)
        instructions.append(Instruction(line, name.upper(), rest.strip()))
    before = next((it for it in instructions if it.name != "ARG"), None)
    if before is None or before.name != "FROM":
        cause, at = "the Dockerfile begins with no FROM", before.line if before else None
        return None, (Finding(file, at, cause, "Begin with FROM and a base image"),)
    return _last_stage(instructions, file), ()


def filled(text: str, variables: Mapping[str, str]) -> str:
    """Replace `$NAME`, `${NAME}` and `${NAME:-default}`; unknown names stay as they are.

    Values are cut, since each may hold others many times.
    """
    if len(text) > _LONGEST:
        return text

    def value(found: re.Match[str]) -> str:
        name = found[1] or found[3]
        return variables.get(name, found[2] if found[2] is not None else found[0])

    return _VARIABLE.sub(value, text)[:_LONGEST]


def _last_stage(instructions: list[Instruction], file: str) -> Stage:
    arguments, variables = dict[str, str](), dict[str, str]()
    images, begun, base = dict[str, str](), 0, ""
    for number, each in enumerate(instructions):
        if each.name == "ARG":
            name, _, default = each.rest.partition("=")
            known = arguments if not base else variables
            known[name.strip()] = default.strip("\"' ") or arguments.get(name.strip(), "")
        elif each.name == "FROM":
            words = [it for it in filled(each.rest, arguments).split() if not it.startswith("--")]
            base = images.get(words[0].lower(), words[0]) if words else ""
            if len(words) == 3:
                images[words[2].lower()] = base
            begun, variables = number, {}
        elif each.name == "ENV":
            variables |= dict(_assigned(each, variables))
    inside = tuple(instructions[begun + 1 :])
    return Stage(file, base, instructions[begun].line, inside, variables)


def _assigned(env: Instruction, variables: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    words = env.words
    if "=" not in words[0]:
        yield words[0], filled(env.rest.removeprefix(words[0]).strip(), variables)
        return
    for word in words:
        name, _, value = word.partition("=")
        yield name, filled(value, variables)


def _logical_lines(text: str) -> Iterator[tuple[int, str]]:
    """Yield lines with their numbers: comments left out, continued ones joined, no documents."""
    lines = text.lstrip("\ufeff").splitlines()
    escape = "`" if lines and _ESCAPE.fullmatch(lines[0].strip()) else "\\"
    begun, said = 0, ""
    ends = list[str]()
    for number, raw in enumerate(lines, start=1):
        line = raw.strip()
        if ends:
            if line == ends[0]:
                ends.pop(0)
            continue
        if not line or line.startswith("#"):
            continue
        begun = begun or number
        said = f"{said} {line.removesuffix(escape).strip()}".strip()
        if line.endswith(escape):
            continue
        if said.upper().startswith(("RUN", "COPY", "ADD")):
            ends = [it[2] for it in _HERE.finditer(said)]
        if said:
            yield begun, said
        begun, said = 0, ""
    if said:
        yield begun, said
