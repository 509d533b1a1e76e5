"""Builds an environment's image: the Python that serves, its variables, and what it runs."""

import asyncio
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from packaging.utils import canonicalize_name

from local.serving.contract import IMAGE_BUILD_FAILURE, Container, ServingError
from local.serving.dockerfile import DockerfileError
from local.serving.image_command import command_here, has_no_runtime
from local.serving.overlay import Overlays, PipError
from local.serving.pip_install import PipInstall
from local.serving.recipe import Recipe, follow
from local.serving.requirement_files import (
    named_packages,
    remove_runtime,
    requirement_files,
    settled,
)
from local.serving.scripts.server import ServerError, without_server

OFTEN = Path(__file__).with_name("often")
_FILES = frozenset({"-r", "--requirement"})


@dataclass(frozen=True)
class Image:
    """The Python and the variables that a container starts with.

    `command`: what it runs, in `workdir`; None for the image of prompt flow, which runs its runtime
    in the container's own folder.
    """

    python: Path
    variables: Mapping[str, str]
    command: Sequence[str] | None = None
    workdir: Path | None = None


@dataclass
class Builder:
    """Builds images; concurrent builds of the same content install it once."""

    overlays: Overlays
    _turns: defaultdict[Path, asyncio.Lock] = field(
        default_factory=lambda: defaultdict(asyncio.Lock)
    )

    async def image(self, container: Container, log: Path, root: Path) -> Image:
        """Build a container's image, with output in `log`. Without a build nothing is installed.

        `root`: a new folder for the files of the image.

        Raises:
            ServingError: ImageBuildFailure, with the end of the output.
        """
        if container.build is None:
            _write(log, [f"{container.image}: used as it is; nothing is installed"])
            return Image(self.overlays.venv / "bin" / "python", {})
        try:
            recipe = follow(container.build, container.dockerfile or "Dockerfile", root)
            return await self._build(recipe, log)
        except (DockerfileError, PipError, ServerError) as error:
            _write(log, [str(error)])
            raise ServingError(IMAGE_BUILD_FAILURE, f"The image build failed: {error}") from error

    async def _build(self, recipe: Recipe, log: Path) -> Image:
        named = {name for each in recipe.installs for name in named_packages(each)}
        plain = has_no_runtime(recipe.base)
        overlays = self.overlays
        if plain and "promptflow" not in named:
            bare = await asyncio.to_thread(without_server, overlays.folder.parent / "scripts")
            overlays = replace(overlays, venv=bare)
            _write(log, recipe.log)
        else:
            taken = _take(recipe, overlays.venv)
            _write(log, [*recipe.log, *(f" ---> already in the runtime: {it}" for it in taken)])
        python = await self._python(overlays, recipe.installs, log)
        variables = {"PYTHONPATH": str(OFTEN), **recipe.variables}
        if recipe.command or recipe.entrypoint:
            command = command_here(recipe, python, self.overlays.venv / "bin", named)
            return Image(python, variables, command, recipe.place("."))
        if plain:
            _write(log, [f" ---> {recipe.base} runs nothing that serves, and there is no CMD"])
            return Image(python, variables, [str(python), "-c", ""], recipe.place("."))
        return Image(python, dict(recipe.variables))

    async def _python(self, overlays: Overlays, installs: Sequence[PipInstall], log: Path) -> Path:
        if not installs:
            return overlays.venv / "bin" / "python"
        folder = overlays.place(installs)
        async with self._turns[folder]:
            await overlays.make(folder, installs, log)
        return folder / "bin" / "python"


def _take(recipe: Recipe, venv: Path) -> list[str]:
    """Take what the runtime has out of the recipe's installs, and return it."""
    site = next((venv / "lib").glob("python*/site-packages"))
    # The names of the folders say it: reading the metadata of all takes longer than the build.
    known = (it.name.removesuffix(".dist-info").rpartition("-") for it in site.glob("*.dist-info"))
    installed: dict[str, str] = {canonicalize_name(name): version for name, _, version in known}
    taken, left = list[str](), list[PipInstall]()
    for each in recipe.installs:
        files = requirement_files(each)
        taken += [line for path in files for line in remove_runtime(path, installed)]
        words = [word for word in each.arguments if not settled(word, installed)]
        taken += [word for word in each.arguments if word not in words]
        if not _installs_nothing(words, files):
            left.append(replace(each, arguments=tuple(words)))
    recipe.installs[:] = left
    return taken


def _installs_nothing(words: Sequence[str], files: Sequence[Path]) -> bool:
    """Return whether only requirements files are left, without a line."""
    only_files = len(words) % 2 == 0 and all(word in _FILES for word in words[::2])
    return only_files and not any(
        line.strip() and not line.lstrip().startswith("#")
        for path in files
        for line in path.read_text(encoding="utf-8-sig").splitlines()
    )


def _write(log: Path, lines: Iterable[str]) -> None:
    with log.open("a") as file:
        file.writelines(f"{line}\n" for line in lines)
