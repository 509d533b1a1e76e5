"""Downloads uploaded folders from the workspace's storage, as a container would mount them."""

import re
import shutil
from pathlib import Path, PurePosixPath
from urllib.parse import unquote, urlsplit

from azure.storage.blob import BlobServiceClient, ContainerClient

from local import cloud
from local.azure_ml.datastores import NAME as DATASTORE

_WORKSPACE = r"subscriptions/[^/]+/resourcegroups/[^/]+/workspaces/[^/]+/"
DATASTORE_PATH = re.compile(
    rf"azureml://(?:{_WORKSPACE})?datastores/(?P<store>[^/]+)/paths/(?P<path>.+)",
    re.IGNORECASE,
)
"""Source: learn.microsoft.com/azure/machine-learning/reference-yaml-core-syntax, 'azureml://'."""


class Unreadable(Exception):  # noqa: N818 - the name says enough
    """The URI is not in the workspace's storage, or there is nothing at it."""


class WorkspaceStorage:
    """The workspace's container, opened with the account's key as Azure's own services do."""

    def __init__(self, azurite: str) -> None:
        self._service = BlobServiceClient(
            f"http://{azurite}/{cloud.WORKSPACE_ACCOUNT}",
            credential={
                "account_name": cloud.WORKSPACE_ACCOUNT,
                "account_key": cloud.WORKSPACE_ACCOUNT_KEY,
            },
            retry_total=2,
        )

    def prepare(self) -> None:
        """Create the container that every workspace has."""
        container = self._container()
        if not container.exists():
            container.create_container()

    def save(self, path: str, content: bytes) -> None:
        """Write a blob, replacing an existing one."""
        self._container().upload_blob(path, content, overwrite=True)

    def fetch(self, uri: str, into: Path) -> Path:
        """Copy the folder (or single file) at a URI into `into`, under its own base name.

        Takes `azureml://…/datastores/…/paths/…` and `https://{account}.blob…/{container}/…`.

        Raises:
            Unreadable: the URI is not in the storage, or there is nothing at it.
        """
        prefix = _path(uri).rstrip("/")
        shutil.rmtree(into, ignore_errors=True)
        target = into / PurePosixPath(prefix).name
        container = self._container()
        count = 0
        for name in container.list_blob_names(name_starts_with=prefix):
            if name == prefix:
                _save(container, name, target)
            elif name.startswith(f"{prefix}/"):
                _save(container, name, target.joinpath(*name[len(prefix) + 1 :].split("/")))
            else:
                continue
            count += 1
        if count == 0:
            raise Unreadable(f"there is nothing at {uri}")
        return target

    def _container(self) -> ContainerClient:
        return self._service.get_container_client(cloud.WORKSPACE_CONTAINER)


def _path(uri: str) -> str:
    if match := DATASTORE_PATH.fullmatch(uri):
        if match["store"] != DATASTORE:
            raise Unreadable(f"there is no datastore '{match['store']}'")
        return match["path"]
    parts = urlsplit(uri)
    container, _, path = unquote(parts.path).lstrip("/").partition("/")
    account = (parts.hostname or "").split(".")[0]
    if (account, container) != (cloud.WORKSPACE_ACCOUNT, cloud.WORKSPACE_CONTAINER):
        raise Unreadable(f"{uri} is not in the workspace's storage")
    return path


def _save(container: ContainerClient, name: str, file: Path) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("wb") as to:
        container.download_blob(name).readinto(to)
