"""Registering model and environment versions, with their uploads, through azure-ai-ml.

azure-ai-ml takes a second and 100 MB to import, so it is imported where a version is registered.
"""

import os
import shutil
import tempfile
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from azure.core.credentials import TokenCredential
from azure.core.exceptions import AzureError

from shared.adapters.deadline import within
from shared.adapters.translation import failure_of
from shared.domain.environment_ask import Routes
from shared.domain.failure import Refused, Unavailable

if TYPE_CHECKING:
    from azure.ai.ml import MLClient

SECONDS = 120.0
"""How long one registration may take, its upload included."""

_DOCKERFILE = """\
FROM {image}
COPY requirements.txt /tmp/requirements.txt
RUN pip install --no-cache-dir -r /tmp/requirements.txt
"""


class AzureMlAssets:
    """One workspace's models and environments.

    Args:
        credential: whom the calls and uploads are made as.
        subscription: the workspace's subscription id.
        group: its resource group.
        workspace: its name.
        seconds: how long one registration may take.
    """

    def __init__(
        self,
        credential: TokenCredential,
        subscription: str,
        group: str,
        workspace: str,
        *,
        seconds: float = SECONDS,
    ) -> None:
        self._credential = credential
        self._place = (subscription, group, workspace)
        self._seconds = seconds
        # Two uploads of the same content at once: the second one of azure-ai-ml 1.35 never ends.
        self._uploads: dict[str, threading.Lock] = {}

    def register_model(
        self, name: str, version: str, folder: Path, properties: Mapping[str, str]
    ) -> str:
        """Upload what is new of the folder, and register it as a custom model.

        A version is bound to the name of the folder it came from, so that is always `flow`.
        """

        def register() -> str:
            from azure.ai.ml.entities import Model  # noqa: PLC0415 - slow to import

            with _named(folder, "flow") as path:
                model = Model(
                    name=name,
                    version=version,
                    path=str(path),
                    type="custom_model",
                    properties=dict(properties),
                )
                return str(self._client().models.create_or_update(model).id)

        return self._bounded(version, register)

    def register_environment(
        self,
        name: str,
        version: str,
        *,
        image: str,
        requirements: str | None,
        build: Path | None = None,
        dockerfile: str | None = None,
        routes: Routes | None = None,
    ) -> str:
        """Register an image, a build context of one's own, or one that installs requirements."""

        def register() -> str:
            from azure.ai.ml.entities import Environment  # noqa: PLC0415 - slow to import

            with _source(image, requirements, build, dockerfile) as source:
                environment = Environment(
                    name=name,
                    version=version,
                    inference_config=inference_config(routes or Routes()),
                    **source,
                )
                return str(self._client().environments.create_or_update(environment).id)

        return self._bounded(version, register)

    def _client(self) -> "MLClient":
        from azure.ai.ml import MLClient  # noqa: PLC0415 - slow to import

        return MLClient(self._credential, *self._place, show_progress=False, enable_telemetry=False)

    def _bounded(self, version: str, register: Callable[[], str]) -> str:
        """A version stands for its content: of the same one at a time."""
        try:
            with self._uploads.setdefault(version, threading.Lock()):
                return _arm_id(within(self._seconds, register))
        except AzureError as error:
            raise failure_of(error) from error
        except OSError as error:
            raise Unavailable(type(error).__name__, str(error)) from error


@contextmanager
def _named(folder: Path, name: str) -> Iterator[Path]:
    """The folder under that name; its files are linked, not copied, where the disk can."""
    if folder.name == name:
        yield folder
        return
    with tempfile.TemporaryDirectory(dir=folder.parent) as beside:
        yield Path(shutil.copytree(folder, Path(beside) / name, copy_function=_linked))


def _linked(source: str, target: str) -> None:
    try:
        os.link(source, target)
    except OSError:  # not every file system has links
        shutil.copyfile(source, target)


def inference_config(routes: Routes) -> dict[str, Any]:
    """The routes as az ml writes them."""
    return {f"{name}_route": route for name, route in asdict(routes).items()}


@contextmanager
def _source(
    image: str, requirements: str | None, build: Path | None, dockerfile: str | None
) -> Iterator[dict[str, Any]]:
    """What an environment is made from. An image alone installs nothing."""
    from azure.ai.ml.entities import BuildContext  # noqa: PLC0415 - slow to import

    if build is not None:
        with _named(build, "context") as path:
            yield {"build": BuildContext(path=str(path), dockerfile_path=dockerfile)}
        return
    if requirements is None:
        yield {"image": image}
        return
    with tempfile.TemporaryDirectory() as parent:
        context = Path(parent) / "context"
        context.mkdir()
        (context / "Dockerfile").write_text(_DOCKERFILE.format(image=image))
        (context / "requirements.txt").write_text(requirements)
        yield {"build": BuildContext(path=str(context), dockerfile_path="Dockerfile")}


def _arm_id(registered: str) -> str:
    """azure-ai-ml writes `azureml:` before some ids."""
    found = registered.removeprefix("azureml:")
    if not found.startswith("/subscriptions/"):
        raise Refused("NoId", f"Azure ML gave {registered!r} as the id of a version.")
    return found
