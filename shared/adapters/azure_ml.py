"""Register versions of models, code and environments, with their uploads.

Bodies and upload paths are those of azure-ai-ml 1.35, `create_or_update` of models,
environments and code. The library itself is not used: if an upload is refused, it waits forever for
the files that failed, and so do its threads.
"""

import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

from azure.core.credentials import TokenCredential

from shared.adapters.arm import Arm
from shared.adapters.datastore import VERSION, Datastores
from shared.adapters.uploads import Upload
from shared.domain.failure import Refused
from shared.domain.kinds.model_type import CUSTOM_TYPE
from shared.domain.release.desired_environment import Described, Routes
from shared.package.kept import digest_of, every_file

SECONDS = 120.0
"""The time limit of one upload."""

_DOCKERFILE = """\
FROM {image}
COPY requirements.txt /tmp/requirements.txt
RUN pip install --no-cache-dir -r /tmp/requirements.txt
"""


class AzureMlAssets:
    """One workspace's models and environments.

    Args:
        arm: registers versions.
        credential: Sluice's own, for uploads.
        workspace_id: the workspace's ARM id.
        seconds: the time limit of one upload.
    """

    def __init__(
        self, arm: Arm, credential: TokenCredential, workspace_id: str, *, seconds: float = SECONDS
    ) -> None:
        self._arm = arm
        self._datastores = Datastores(arm, credential, workspace_id)
        self._id = workspace_id
        self._seconds = seconds

    def register_model(
        self,
        name: str,
        version: str,
        part: Path,
        properties: Mapping[str, str],
        type_: str = CUSTOM_TYPE,
    ) -> str:
        """The blobs and one PUT; in some minutes, one GET of the datastore.

        A version is bound to the place of its content, so its name there is always the same.
        """
        body = {
            "modelType": type_,
            "modelUri": self._uploaded(part).uri,
            "properties": dict(properties),
            "tags": {},
            "isAnonymous": False,
            "isArchived": False,
        }
        return self._put(f"models/{name}/versions/{version}", body)

    def register_code(self, name: str, version: str, folder: Path) -> str:
        """The blobs and one PUT; in some minutes, one GET of the datastore.

        azure-ai-ml, `Code._to_rest_object`, sends the hash of the files besides, by which it finds
        a version again; the versions of Sluice are such hashes themselves.
        """
        body = {"codeUri": self._uploaded(folder).url, "isAnonymous": False, "properties": {}}
        return self._put(f"codes/{name}/versions/{version}", body)

    def register_environment(  # noqa: PLR0913 - each is a field of the version
        self,
        name: str,
        version: str,
        *,
        image: str,
        requirements: str | None,
        build: Path | None = None,
        dockerfile: str | None = None,
        routes: Routes | None = None,
        described: Described | None = None,
        conda: str | None = None,
        runs_code: bool = False,
    ) -> str:
        """Register an image, the given build context, or one that installs the requirements."""
        with _context(image, requirements, build) as context:
            source: dict[str, Any] = {"image": image}
            if context is not None:
                place = self._uploaded(context, "context")
                file = dockerfile or "Dockerfile"
                source = {"build": {"contextUri": f"{place.url}/", "dockerfilePath": file}}
        description = asdict(described) if described is not None else {}
        served = runs_code and routes is None
        body = {
            **source,
            **{key: value for key, value in description.items() if value is not None},
            **({"condaFile": conda} if conda is not None else {}),
            **({} if served else {"inferenceConfig": inference_config(routes or Routes())}),
            "isAnonymous": False,
            "isArchived": False,
        }
        return self._put(f"environments/{name}/versions/{version}", body)

    def _uploaded(self, part: Path, name: str = "") -> "_Place":
        """Upload a folder or file to a place made of its files' hash, under its name."""
        folder, files = part, every_file(part)
        if part.is_file():
            folder, files = part.parent, (part.name,)
        if not files:
            raise Refused("EmptyFolder", f"There is no file to upload in {part.name}.")
        above = f"LocalUpload/{digest_of(folder, files)}"
        at = f"{above}/{name or part.name}"
        store, credentials = self._datastores.default()
        into = above if part.is_file() else at
        Upload(folder, files, into, seconds=self._seconds).run(store, credentials)
        return _Place(f"{store.paths}/{at}", f"{store.account_url}/{store.container}/{at}")

    def _put(self, path: str, properties: Mapping[str, Any]) -> str:
        body = {"properties": properties}
        return str(self._arm.call("PUT", f"{self._id}/{path}", VERSION, body).json()["id"])


class _Place:
    """The address of an upload: `uri` for models, `url` for environments and code."""

    def __init__(self, uri: str, url: str) -> None:
        self.uri = uri
        self.url = url


def inference_config(routes: Routes) -> dict[str, Any]:
    """The routes as an `inferenceConfig`."""
    return {f"{name}Route": route for name, route in asdict(routes).items()}


@contextmanager
def _context(image: str, requirements: str | None, build: Path | None) -> Iterator[Path | None]:
    """The build context; None for an image only, which installs nothing."""
    if build is not None or requirements is None:
        yield build
        return
    with tempfile.TemporaryDirectory() as context:
        (Path(context) / "Dockerfile").write_text(_DOCKERFILE.format(image=image))
        (Path(context) / "requirements.txt").write_text(requirements)
        yield Path(context)
