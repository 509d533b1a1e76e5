"""An environment's image, as far as it matters here: which Python serves, with which variables."""

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
from local.serving.requirement_files import read_by, take_out_runtime


@dataclass(frozen=True)
class Image:
    """What a container is started with."""

    python: Path
    variables: Mapping[str, str]


@dataclass
class Builder:
    """Builds images; the same content is installed once, however many ask for it at a time."""

    overlays: Overlays
    _turns: defaultdict[Path, asyncio.Lock] = field(
        default_factory=lambda: defaultdict(asyncio.Lock)
    )

    async def image(self, container: Container, log: Path) -> Image:
        """The image of a container; an image alone installs nothing. Its story goes to `log`.

        Raises:
            ServingError: ImageBuildFailure, with the end of what was said.
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
            for path in read_by(each)
            for line in take_out_runtime(path)
        ]
        story = [*recipe.log, *(f" ---> the runtime has it already: {line}" for line in taken)]
        _write(log, story)
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
