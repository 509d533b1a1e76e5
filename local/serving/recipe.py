"""What a build context asks for: files copied, variables set, requirements to install."""

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
    """What is left of a Dockerfile once it is read; `root` stands for the image's file system."""

    root: Path
    workdir: PurePosixPath = _TOP
    variables: dict[str, str] = field(default_factory=dict)
    installs: list[PipInstall] = field(default_factory=list)
    log: list[str] = field(default_factory=list)

    def place(self, path: str) -> Path:
        """Where a path of the image lies on this machine."""
        whole = self.workdir / path
        parts = [part for part in whole.parts[1:] if part != "."]
        if ".." in parts:
            raise DockerfileError(f"a path with .. is not read here: {path}")
        return self.root.joinpath(*parts)


def follow(context: Path, dockerfile: str, root: Path) -> Recipe:
    """Follow the Dockerfile of a build context, copying what it copies below `root`.

    Raises:
        DockerfileError: docker would not build it, or it asks for what is not read here.
    """
    path = context / dockerfile
    if not path.is_file():
        raise DockerfileError(f"failed to read the Dockerfile: {dockerfile} is not in the context")
    recipe = Recipe(root)
    for each in read(path.read_text(encoding="utf-8-sig")):
        recipe.log.append(f"Step line {each.line}: {each.name} {each.rest}")
        if each.name in IGNORED:
            recipe.log.append(" ---> has no part in serving here; passed over")
        else:
            _ACTS[each.name](recipe, context, each)
    return recipe


def _from(recipe: Recipe, _context: Path, _said: Instruction) -> None:
    """A stage begins afresh; whatever image it names, the prompt flow runtime serves."""
    shutil.rmtree(recipe.root, ignore_errors=True)
    recipe.root.mkdir(parents=True)
    recipe.workdir = _TOP
    recipe.variables.clear()
    recipe.installs.clear()


def _workdir(recipe: Recipe, _context: Path, said: Instruction) -> None:
    recipe.workdir /= said.rest
    recipe.place(".").mkdir(parents=True, exist_ok=True)


def _env(recipe: Recipe, _context: Path, said: Instruction) -> None:
    words = shlex.split(said.rest)
    if "=" not in words[0]:
        recipe.variables[words[0]] = said.rest.removeprefix(words[0]).strip()
        return
    for word in words:
        name, equals, value = word.partition("=")
        if not equals:
            raise DockerfileError(f"line {said.line}: ENV needs name=value, not {word}")
        recipe.variables[name] = value


def _copy(recipe: Recipe, context: Path, said: Instruction) -> None:
    words = _words(said)
    names = [word for word in words if not word.startswith("--")]
    if any(word.startswith("--from") for word in words) or "://" in names[0]:
        recipe.log.append(" ---> copies from outside the context; passed over")
        return
    if len(names) < 2:
        raise DockerfileError(f"line {said.line}: {said.name} needs a source and a destination")
    *sources, to = names
    try:
        copy(context, sources, recipe.place(to), into_folder=to.endswith(("/", ".")))
    except FileNotFoundError as error:
        raise DockerfileError(f"line {said.line}: COPY failed: {error}") from error


def _run(recipe: Recipe, _context: Path, said: Instruction) -> None:
    """The commands in their order. `cd` holds until the instruction ends."""
    before = recipe.workdir
    for command in re.split(r"\s*(?:&&|;)\s*", " ".join(_words(said))):
        words = install_arguments(command)
        if moved := _CHANGE_FOLDER.fullmatch(command):
            recipe.workdir /= shlex.split(moved[1])[0]
        elif words is None:
            recipe.log.append(f" ---> not run here: {command}")
        elif words:
            placed = [str(recipe.place(word)) if word.startswith("/") else word for word in words]
            recipe.installs.append(PipInstall(tuple(placed), recipe.place(".")))
    recipe.workdir = before


def _words(said: Instruction) -> list[str]:
    """The arguments, in the shell form or as a JSON list."""
    if said.rest.startswith("["):
        try:
            return [str(word) for word in json.loads(said.rest)]
        except ValueError as error:
            raise DockerfileError(f"line {said.line}: not a JSON list: {said.rest}") from error
    return said.rest.split()


_ACTS = {
    "FROM": _from,
    "WORKDIR": _workdir,
    "ENV": _env,
    "COPY": _copy,
    "ADD": _copy,
    "RUN": _run,
}
