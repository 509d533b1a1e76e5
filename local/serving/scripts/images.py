"""Builds the environment of a scoring script: the base, and what its conda file adds."""

import asyncio
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

from local.serving.build import Image
from local.serving.contract import (
    IMAGE_BUILD_FAILURE,
    NO_CODE_IMAGE,
    Container,
    ServingError,
)
from local.serving.overlay import Overlays, PipError
from local.serving.pip_install import PipInstall
from local.serving.scripts.conda import CondaFileError, requirement_lines
from local.serving.scripts.server import (
    ServerError,
    asks_for_mlflow,
    asks_for_server,
    with_server,
    without_server,
)

COMMAND = (
    *("/bin/sh", "-c"),
    'exec python -m azureml_inference_server_http --entry_script "$AZUREML_ENTRY_SCRIPT"',
)


@dataclass
class ScriptImages:
    """Makes the environments of scripts, each conda file's once.

    `server`: the environment with the inference server; `mlflow`: that and what Azure's script for
    MLflow models imports. `overlays`: the folder for what conda files add. `environ`: pip's
    environment.
    """

    server: Path
    mlflow: Path
    overlays: Path
    wheelhouse: Path
    environ: Mapping[str, str]
    _turns: defaultdict[Path, asyncio.Lock] = field(
        default_factory=lambda: defaultdict(asyncio.Lock)
    )

    async def image(self, container: Container, log: Path, _root: Path) -> Image:
        """Make the environment of a container with a script; pip's output goes to `log`.

        Raises:
            ServingError: ImageBuildFailure, with the end of the output.
        """
        try:
            return Image(await self._python(container, log), {}, COMMAND)
        except (CondaFileError, PipError, ServerError) as error:
            with log.open("a") as file:
                file.write(f"{error}\n")
            raise ServingError(IMAGE_BUILD_FAILURE, f"The image build failed: {error}") from error

    async def _python(self, container: Container, log: Path) -> Path:
        if container.conda is None:
            # An image that is used as it is has its server.
            return _python_of(with_server(self.server))
        wanted = requirement_lines(container.conda)
        beneath = await self._beneath(container, wanted)
        if not wanted:
            return _python_of(beneath)
        overlays = Overlays(self.overlays, beneath, self.wheelhouse, self.environ)
        with TemporaryDirectory(prefix="conda-") as scratch:
            (Path(scratch) / "requirements.txt").write_text("\n".join([*wanted, ""]))
            install = PipInstall(("-r", "requirements.txt"), Path(scratch))
            folder = overlays.place([install])
            async with self._turns[folder]:
                await overlays.make(folder, [install], log)
        return _python_of(folder)

    async def _beneath(self, container: Container, wanted: list[str]) -> Path:
        """The environment that has what the image itself brings, as far as it is asked for."""
        if container.image == NO_CODE_IMAGE:  # Azure adds the server to the model's packages
            return with_server(self.mlflow if asks_for_mlflow(wanted) else self.server)
        if asks_for_server(wanted):
            return with_server(self.server)
        return await asyncio.to_thread(without_server, self.overlays)


def _python_of(venv: Path) -> Path:
    return venv / "bin" / "python"
