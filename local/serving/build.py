"""Builds an environment's image: the Python that serves, and its environment variables."""

import asyncio
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

from local.serving.contract import IMAGE_BUILD_FAILURE, Container, ServingError
from local.serving.dockerfile import DockerfileError
from local.serving.overlay import Overlays, PipError
from local.serving.recipe import Recipe, follow
from local.serving.requirement_files import remove_runtime, requirement_files

FLOW_SERVER = Path(__file__).with_name("launch.py")


@dataclass(frozen=True)
class Image:
    """The Python and the variables that a container starts with, and the program that it runs."""

    python: Path
    variables: Mapping[str, str]
    program: Path = FLOW_SERVER


@dataclass
class Builder:
    """Builds images; concurrent builds of the same content install it once."""

    overlays: Overlays
    _turns: defaultdict[Path, asyncio.Lock] = field(
        default_factory=lambda: defaultdict(asyncio.Lock)
    )

    async def image(self, container: Container, log: Path) -> Image:
        """Build a container's image, with output in `log`. Without a build nothing is installed.

        Raises:
            ServingError: ImageBuildFailure, with the end of the output.
        """
        if container.build is None:
            _write(log, [f"{container.image}: used as it is; nothing is installed"])
            return Image(self.overlays.venv / "bin" / "python", {})
        try:
            with TemporaryDirectory(prefix="build-") as scratch:
                return await self._build(container, container.build, Path(scratch) / "root", log)
        except (DockerfileError, PipError) as error:
            _write(log, [str(error)])
            raise ServingError(IMAGE_BUILD_FAILURE, f"The image build failed: {error}") from error

    async def _build(self, container: Container, context: Path, root: Path, log: Path) -> Image:
        recipe = follow(context, container.dockerfile or "Dockerfile", root)
        taken = [
            line
            for each in recipe.installs
            for path in requirement_files(each)
            for line in remove_runtime(path)
        ]
        lines = [*recipe.log, *(f" ---> already in the runtime: {line}" for line in taken)]
        _write(log, lines)
        return Image(await self._python(recipe, log), dict(recipe.variables))

    async def _python(self, recipe: Recipe, log: Path) -> Path:
        if not recipe.installs:
            return self.overlays.venv / "bin" / "python"
        folder = self.overlays.place(recipe.installs)
        async with self._turns[folder]:
            await self.overlays.make(folder, recipe.installs, log)
        return folder / "bin" / "python"


def _write(log: Path, lines: Iterable[str]) -> None:
    with log.open("a") as file:
        file.writelines(f"{line}\n" for line in lines)
