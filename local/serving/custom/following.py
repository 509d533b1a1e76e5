"""Follows a Dockerfile of a Python app: its files, variables, pip lines and start command."""

import json
import re
import shlex
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from local.serving.dockerfile import Instruction, read
from local.serving.pip_install import PipInstall, install_arguments
from local.serving.recipe import HANDLERS, Recipe

FOLLOWED = frozenset({"FROM", "WORKDIR", "ENV", "COPY", "ADD"})
WITHOUT_EFFECT = frozenset(
    {"ARG", "EXPOSE", "HEALTHCHECK", "LABEL", "MAINTAINER", "STOPSIGNAL", "USER", "VOLUME"}
)
"""Instructions that change nothing of how the app answers."""
_HARMLESS = frozenset({"addgroup", "adduser", "chmod", "chown", "groupadd", "useradd", "true"})
"""Commands of RUN with no effect here: each container is of the same user."""
_PYTHON = re.compile(r"(?:.*/)?python(?:3(?:\.\d+)?)?")
_PATH = re.compile(r"(?<![^\s=:'\"])/[^\s:'\"]+")


class CannotBuildError(Exception):
    """Azure would build it, and the local stack cannot; the message says what."""


@dataclass(frozen=True)
class App:
    """What a Dockerfile makes. `variables` and `command`: with the paths of this machine."""

    workdir: Path
    variables: dict[str, str]
    installs: tuple[PipInstall, ...]
    command: tuple[str, ...]
    log: tuple[str, ...]


def base_of(instructions: Sequence[Instruction]) -> str:
    """Return the image of the last FROM."""
    last = [it for it in instructions if it.name == "FROM"][-1]
    return next((it for it in last.rest.split() if not it.startswith("--")), "")


def follow_app(context: Path, dockerfile: str, root: Path) -> App:
    """Follow the Dockerfile of a build context, with copies below `root`.

    Raises:
        CannotBuildError: it needs more than the local stack has.
        DockerfileError: docker would not build it either.
    """
    instructions = read((context / dockerfile).read_text(encoding="utf-8-sig"))
    _check(instructions)
    recipe, entry, command = Recipe(root), list[str](), list[str]()
    for each in instructions:
        recipe.log.append(f"Step line {each.line}: {each.name} {each.rest}")
        if each.name in FOLLOWED:
            filled = Instruction(each.line, each.name, _filled(each.rest, recipe.variables))
            HANDLERS[each.name](recipe, context, filled)
        elif each.name == "RUN":
            _run(recipe, each)
        elif each.name == "ENTRYPOINT":
            entry, command = _started(each), []
        elif each.name == "CMD":
            command = _started(each)
    if entry[:2] == ["/bin/sh", "-c"]:
        command = []
    words = [*entry, *command]
    if not words:
        raise CannotBuildError("there is neither CMD nor ENTRYPOINT, and it has no base image")
    return App(
        recipe.place("."),
        {name: _placed(value, root) for name, value in recipe.variables.items() if name != "PATH"},
        tuple(recipe.installs),
        tuple("python" if _PYTHON.fullmatch(it) else _placed(it, root) for it in words),
        tuple(recipe.log),
    )


def _check(instructions: Sequence[Instruction]) -> None:
    """Refuse by name what cannot be followed."""
    stages = [it for it in instructions if it.name == "FROM"]
    if len(stages) > 1:
        raise CannotBuildError(f"line {stages[1].line}: several build stages")
    base = base_of(instructions)
    if not _has_python(base):
        raise CannotBuildError(
            f"line {stages[0].line}: the base image {base}; this machine's Python stands in for "
            "python:* and for Python images of mcr.microsoft.com alone"
        )
    known = FOLLOWED | WITHOUT_EFFECT | {"RUN", "CMD", "ENTRYPOINT"}
    other = next((it for it in instructions if it.name not in known), None)
    if other is not None:
        raise CannotBuildError(f"line {other.line}: {other.name}")
    for each in instructions:
        if each.name in {"COPY", "ADD"} and ("--from" in each.rest or "://" in each.rest):
            raise CannotBuildError(f"line {each.line}: {each.name} {each.rest}")


def _has_python(image: str) -> bool:
    path = image.partition("@")[0].removeprefix("docker.io/").removeprefix("library/")
    name = path.rpartition("/")[2].partition(":")[0]
    microsoft = path.startswith("mcr.microsoft.com/")
    return (path == name or path.startswith("python:") or microsoft) and (
        name == "python" or (microsoft and re.search(r"(^|[/-])py(thon)?\d*", path) is not None)
    )


def _run(recipe: Recipe, each: Instruction) -> None:
    """Collect pip's installs; make folders; refuse other commands."""
    words = json.loads(each.rest) if each.rest.startswith("[") else None
    text = shlex.join(words) if words is not None else each.rest
    text = re.sub(r"--mount=\S+\s+", "", text)
    before = recipe.workdir
    for command in re.split(r"\s*(?:&&|;)\s*", text):
        name, *rest = shlex.split(command) or [""]
        if (arguments := install_arguments(command)) is not None:
            # What is installed in place would be gone with this container, and its packages stay.
            kept = [it for it in arguments if it not in {"-e", "--editable"}]
            placed = [str(recipe.place(it)) if it.startswith("/") else it for it in kept]
            if placed:
                recipe.installs.append(PipInstall(tuple(placed), recipe.place(".")))
        elif name == "cd" and rest:
            recipe.workdir /= rest[0]
        elif name == "mkdir":
            for it in rest:
                if not it.startswith("-"):
                    recipe.place(it).mkdir(parents=True, exist_ok=True)
        elif name not in _HARMLESS and command:
            raise CannotBuildError(f"line {each.line}: RUN {command}")
    recipe.workdir = before


def _started(each: Instruction) -> list[str]:
    """The words of CMD or ENTRYPOINT, in the shell's form with a shell."""
    try:
        listed = json.loads(each.rest)
    except ValueError:
        return ["/bin/sh", "-c", each.rest]
    return [str(it) for it in listed]


def _filled(text: str, variables: dict[str, str]) -> str:
    def value(found: re.Match[str]) -> str:
        return variables.get(found[1] or found[2], found[0])

    return re.sub(r"\$(?:\{(\w+)\}|(\w+))", value, text)


def _placed(text: str, root: Path) -> str:
    """The text with paths of the image's files as they are on this machine."""

    def place(found: re.Match[str]) -> str:
        parts = PurePosixPath(found[0]).parts[1:]
        local = root.joinpath(*parts)
        return str(local) if parts and ".." not in parts and local.exists() else found[0]

    return _PATH.sub(place, text)
