"""Follows a Dockerfile: copies files, sets variables, collects requirements to install."""

import json
import re
import shlex
import shutil
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from local.serving.copying import copy
from local.serving.dockerfile import IGNORED, DockerfileError, Instruction, read
from local.serving.pip_install import PipInstall, install_arguments

_TOP = PurePosixPath("/")
_CHANGE_FOLDER = re.compile(r"cd\s+(\S+)")


@dataclass
class Recipe:
    """The result of following a Dockerfile; `root` stands for the image's file system.

    `base` is the image that it begins with; `entrypoint` and `command` are what it runs.
    """

    root: Path
    workdir: PurePosixPath = _TOP
    variables: dict[str, str] = field(default_factory=dict)
    installs: list[PipInstall] = field(default_factory=list)
    log: list[str] = field(default_factory=list)
    base: str = ""
    entrypoint: tuple[str, ...] = ()
    command: tuple[str, ...] = ()
    _stages: dict[str, str] = field(default_factory=dict)

    def begin(self, image: str, name: str = "") -> None:
        """Begin a new stage, of an image or of an earlier stage."""
        shutil.rmtree(self.root, ignore_errors=True)
        self.root.mkdir(parents=True)
        self.base = self._stages.get(image, image)
        self.workdir, self.entrypoint, self.command = _TOP, (), ()
        self.variables.clear()
        self.installs.clear()
        self._stages[name] = self.base

    def place(self, path: str) -> Path:
        """Return the local path of a path in the image."""
        whole = self.workdir / path
        parts = [part for part in whole.parts[1:] if part != "."]
        if ".." in parts:
            raise DockerfileError(f"a path with .. is not supported: {path}")
        return self.root.joinpath(*parts)


def follow(context: Path, dockerfile: str, root: Path) -> Recipe:
    """Follow the Dockerfile of a build context, with copies below `root`.

    Raises:
        DockerfileError: docker would not build it, or it uses something unsupported.
    """
    path = context / dockerfile
    if not path.is_file():
        raise DockerfileError(f"failed to read the Dockerfile: {dockerfile} is not in the context")
    recipe = Recipe(root)
    for each in read(path.read_text(encoding="utf-8-sig")):
        recipe.log.append(f"Step line {each.line}: {each.name} {each.rest}")
        if each.name in IGNORED:
            recipe.log.append(" ---> ignored: it does not affect serving")
        else:
            HANDLERS[each.name](recipe, context, each)
    return recipe


def _from(recipe: Recipe, _context: Path, instruction: Instruction) -> None:
    image, *named = [it for it in instruction.rest.split() if not it.startswith("--")]
    recipe.begin(image, named[-1] if named else "")


def _entrypoint(recipe: Recipe, _context: Path, instruction: Instruction) -> None:
    """Set what runs, without the command of before."""
    recipe.entrypoint, recipe.command = _started(instruction), ()


def _cmd(recipe: Recipe, _context: Path, instruction: Instruction) -> None:
    recipe.command = _started(instruction)


def _started(instruction: Instruction) -> tuple[str, ...]:
    if instruction.rest.startswith("["):
        return tuple(_words(instruction))
    return ("/bin/sh", "-c", instruction.rest)


def _workdir(recipe: Recipe, _context: Path, instruction: Instruction) -> None:
    recipe.workdir /= instruction.rest
    recipe.place(".").mkdir(parents=True, exist_ok=True)


def _env(recipe: Recipe, _context: Path, instruction: Instruction) -> None:
    words = shlex.split(instruction.rest)
    if "=" not in words[0]:
        recipe.variables[words[0]] = instruction.rest.removeprefix(words[0]).strip()
        return
    for word in words:
        name, equals, value = word.partition("=")
        if not equals:
            raise DockerfileError(f"line {instruction.line}: ENV needs name=value, not {word}")
        recipe.variables[name] = value


def _copy(recipe: Recipe, context: Path, instruction: Instruction) -> None:
    words = _words(instruction)
    names = [word for word in words if not word.startswith("--")]
    if any(word.startswith("--from") for word in words) or "://" in names[0]:
        recipe.log.append(" ---> ignored: it copies from outside the context")
        return
    if len(names) < 2:
        raise DockerfileError(
            f"line {instruction.line}: {instruction.name} needs a source and a destination"
        )
    *sources, to = names
    try:
        copy(context, sources, recipe.place(to), into_folder=to.endswith(("/", ".")))
    except FileNotFoundError as error:
        raise DockerfileError(f"line {instruction.line}: COPY failed: {error}") from error


def _run(recipe: Recipe, _context: Path, instruction: Instruction) -> None:
    """Process the commands in order. `cd` applies until the instruction ends."""
    before = recipe.workdir
    for command in re.split(r"\s*(?:&&|;)\s*", " ".join(_words(instruction))):
        words = install_arguments(command)
        if moved := _CHANGE_FOLDER.fullmatch(command):
            recipe.workdir /= shlex.split(moved[1])[0]
        elif words is None:
            recipe.log.append(f" ---> not run here: {command}")
        elif words:
            placed = [str(recipe.place(word)) if word.startswith("/") else word for word in words]
            recipe.installs.append(PipInstall(tuple(placed), recipe.place(".")))
    recipe.workdir = before


def _words(instruction: Instruction) -> list[str]:
    """Return the arguments, in the shell form or as a JSON list."""
    if instruction.rest.startswith("["):
        try:
            return [str(word) for word in json.loads(instruction.rest)]
        except ValueError as error:
            raise DockerfileError(
                f"line {instruction.line}: not a JSON list: {instruction.rest}"
            ) from error
    return instruction.rest.split()


HANDLERS = {
    "FROM": _from,
    "WORKDIR": _workdir,
    "ENV": _env,
    "COPY": _copy,
    "ADD": _copy,
    "RUN": _run,
    "CMD": _cmd,
    "ENTRYPOINT": _entrypoint,
}
