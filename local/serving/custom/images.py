"""Builds the environment of a container with a server of its own, each set of packages once."""

import asyncio
import os
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from local.serving.build import Image
from local.serving.contract import IMAGE_BUILD_FAILURE, Container, ServingError
from local.serving.custom.following import (
    CannotBuildError,
    base_of,
    follow_app,
)
from local.serving.dockerfile import DockerfileError, read
from local.serving.overlay import Overlays, PipError
from local.serving.pip_install import PipInstall
from local.serving.requirement_files import requirement_files
from local.serving.scripts.server import ServerError, without_server

SITE = Path(__file__).with_name("site")
FIRST_SOCKET = 3
"""The number of the inherited socket, as `inherited.py` passes it on."""
_RUNTIME = "promptflow/promptflow-runtime"
_FLOW_FILES = ("flow.dag.yaml", "flow.flex.yaml", "MLmodel")


@dataclass(frozen=True)
class Prepared:
    """An environment that set-up has made, and the lines of requirements that it was made for."""

    venv: Path
    requirements: frozenset[str]


def is_custom(container: Container) -> bool:
    """Return whether an image starts its own server: it is neither prompt flow's nor a script's.

    An image that prompt flow is asked to serve in is a flow's, whatever it is built from.
    """
    if container.code is not None or "PROMPTFLOW_RUN_MODE" in container.environment_variables:
        return False
    if container.build is not None and container.dockerfile:
        try:
            text = (container.build / container.dockerfile).read_text(encoding="utf-8-sig")
            return _RUNTIME not in base_of(read(text))
        except (OSError, DockerfileError):
            return True
    flow = any((container.model / name).exists() for name in _FLOW_FILES)
    return not (flow or _RUNTIME in container.image)


@dataclass
class CustomImages:
    """Builds containers from Dockerfiles of Python apps. `overlays`: the folder for packages."""

    overlays: Path
    wheelhouse: Path
    environ: Mapping[str, str]
    prepared: Sequence[Prepared] = ()
    _turns: defaultdict[Path, asyncio.Lock] = field(
        default_factory=lambda: defaultdict(asyncio.Lock)
    )

    async def image(self, container: Container, root: Path, log: Path) -> Image:
        """Build a container's image, with its files below `root` and the output in `log`.

        Raises:
            ServingError: ImageBuildFailure; what Azure could build says that it is the local
                stack that cannot.
        """
        try:
            return await self._image(container, root, log)
        except CannotBuildError as error:
            why = f"The local stack cannot build this here, Azure may: {error}"
        except (DockerfileError, PipError, ServerError) as error:
            why = f"The image build failed: {error}"
        with log.open("a") as file:
            file.write(f"{why}\n")
        raise ServingError(IMAGE_BUILD_FAILURE, why)

    async def _image(self, container: Container, root: Path, log: Path) -> Image:
        if container.build is None or not container.dockerfile:
            raise CannotBuildError(f"the image {container.image}, which has no Dockerfile here")
        if not (container.build / container.dockerfile).is_file():
            raise DockerfileError(
                f"failed to read the Dockerfile: {container.dockerfile} is not in the context"
            )
        app = await asyncio.to_thread(follow_app, container.build, container.dockerfile, root)
        with log.open("a") as file:
            file.writelines(f"{line}\n" for line in app.log)
        python = await self._python(app.installs, log)
        own = app.variables.get("PYTHONPATH")
        listening = {
            "LOCAL_STACK_PORT": f"{container.port}:{FIRST_SOCKET}",
            "PYTHONPATH": os.pathsep.join([str(SITE), *([own] if own else [])]),
        }
        return Image(python, {**app.variables, **listening}, app.command, app.workdir)

    async def _python(self, installs: Sequence[PipInstall], log: Path) -> Path:
        beneath = self._prepared(installs)
        if beneath is None:
            beneath = await asyncio.to_thread(without_server, self.overlays)
        if not installs:
            return beneath / "bin" / "python"
        overlays = Overlays(self.overlays, beneath, self.wheelhouse, self.environ)
        folder = overlays.place(installs)
        async with self._turns[folder]:
            await overlays.make(folder, installs, log)
        return folder / "bin" / "python"

    def _prepared(self, installs: Sequence[PipInstall]) -> Path | None:
        """An environment whose packages are all asked for, so that nothing is there unasked."""
        lines = {
            line.partition("#")[0].strip()
            for each in installs
            for path in requirement_files(each)
            for line in path.read_text(encoding="utf-8-sig").splitlines()
        }
        there = (it for it in self.prepared if (it.venv / "bin" / "python").exists())
        return next((it.venv for it in there if it.requirements <= lines), None)
