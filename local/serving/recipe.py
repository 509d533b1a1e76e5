"""What a build context asks for: files copied, variables set, requirements to install."""

import json
import re
import shlex
import shutil
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from local.serving.dockerfile import IGNORED, DockerfileError, Instruction, read

_TOP = PurePosixPath("/")


@dataclass(frozen=True)
class PipInstall:
    """One `pip install`: its arguments, and the folder it runs in."""

    arguments: tuple[str, ...]
    folder: Path


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
    flags = [word for word in words if word.startswith("--")]
    names = [word for word in words if not word.startswith("--")]
    if any(flag.startswith("--from") for flag in flags) or "://" in names[0]:
        recipe.log.append(" ---> copies from outside the context; passed over")
        return
    if len(names) < 2:
        raise DockerfileError(f"line {said.line}: {said.name} needs a source and a destination")
    *sources, to = names
    found = [path for source in sources for path in _found(context, source, said)]
    into_folder = to.endswith(("/", ".")) or len(found) > 1 or recipe.place(to).is_dir()
    for path in found:
        _copy_one(path, recipe.place(to), into_folder=into_folder)


def _copy_one(path: Path, to: Path, *, into_folder: bool) -> None:
    if path.is_dir():
        shutil.copytree(path, to, dirs_exist_ok=True)
        return
    target = to / path.name if into_folder else to
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy2(path, target)


def _found(context: Path, source: str, said: Instruction) -> list[Path]:
    name = source.removeprefix("/").removeprefix("./").rstrip("/")
    found = [context] if name in {"", "."} else sorted(context.glob(name))
    if not found:
        raise DockerfileError(f"line {said.line}: COPY failed: {source} is not in the context")
    whole = context.resolve()
    if not all(path.resolve().is_relative_to(whole) for path in found):
        raise DockerfileError(f"line {said.line}: COPY failed: {source} lies outside the context")
    return found


_PIP = re.compile(
    r"(?:\S*/)?(?:python3?(?:\.\d+)?\s+-m\s+)?(?:\S*/)?pip3?\s+install\s+(.+)", re.DOTALL
)
_ALREADY = frozenset({"pip", "setuptools", "wheel"})
_DROPPED = frozenset({"--no-cache-dir", "--user", "--upgrade", "-U", "--quiet", "-q"})


def _run(recipe: Recipe, _context: Path, said: Instruction) -> None:
    for command in re.split(r"\s*(?:&&|;)\s*", " ".join(_words(said))):
        match = _PIP.fullmatch(command.strip())
        if match is None:
            recipe.log.append(f" ---> not run here: {command}")
            continue
        words = [word for word in shlex.split(match[1]) if word not in _DROPPED | _ALREADY]
        if words:
            recipe.installs.append(PipInstall(tuple(_placed(recipe, words)), recipe.place(".")))


def _placed(recipe: Recipe, words: list[str]) -> list[str]:
    """The arguments with absolute paths of the image turned into paths of this machine."""
    return [str(recipe.place(word)) if word.startswith("/") else word for word in words]


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
