"""Prompt flow runs, read from the run history and the content service.

The routes are those of promptflow-azure (`AsyncRunDownloader`), on the workspace's regional host;
they accept tokens for ARM. A file of a snapshot is read with the signature in its URL, else as
Sluice.
"""

from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import urlsplit

import requests
from azure.core.credentials import TokenCredential
from azure.storage.blob import BlobClient

from shared.adapters.blobs import BOUNDS
from shared.adapters.translation import explained, failure, translated
from shared.domain.errors import rejected
from shared.domain.failure import Refused, Unavailable
from shared.package.limits import MAX_EXPANDED, MAX_FILES
from shared.ports import Run

_ARM = "https://management.azure.com/.default"
_SNAPSHOT = "azureml.promptflow.snapshot_id"
_SECONDS = (5.0, 10.0)
_AT_ONCE = 8
_STORAGE = ".blob.core.windows.net"


class WorkspaceRuns:
    """The runs of one workspace.

    Args:
        credential: the identity that makes the calls.
        workspace_id: the workspace's ARM id.
        location: returns its region.
    """

    def __init__(
        self, credential: TokenCredential, workspace_id: str, location: Callable[[], str]
    ) -> None:
        self._credential = credential
        self._id = workspace_id
        self._location = location

    def find(self, name: str) -> Run | None:
        """One POST."""
        try:
            run = self._post("history/v1.0", "rundata", {"runId": name, "selectRunMetadata": True})
        except Refused as refused:
            if refused.status == 404:
                return None
            raise
        properties = (run.get("runMetadata") or {}).get("properties") or {}
        return Run(name, properties.get(_SNAPSHOT) or None)

    def files(self, snapshot: str) -> Mapping[str, bytes]:
        """One POST, and two calls per file, eight files at a time."""
        tree = self._post("content/v2.0", "snapshots/sas", {"snapshotOrAssetId": snapshot})
        urls = dict(_leaves(tree))
        if len(urls) > MAX_FILES:
            raise rejected(
                "snapshot", f"The run's snapshot has {len(urls)} files, over {MAX_FILES}"
            )
        room = _Room(MAX_EXPANDED)
        with ThreadPoolExecutor(_AT_ONCE) as pool:
            read = pool.map(lambda url: self._read(url, room), urls.values())
            return dict(zip(urls, read, strict=True))

    def _post(self, service: str, what: str, body: Mapping[str, Any]) -> dict[str, Any]:
        with translated():
            token = self._credential.get_token(_ARM).token
        url = f"https://{self._location()}.api.azureml.ms/{service}{self._id}/{what}"
        headers = {"Authorization": f"Bearer {token}"}
        try:
            answer = requests.post(
                url, json=body, headers=headers, timeout=_SECONDS, allow_redirects=False
            )
        except requests.RequestException as error:
            raise Unavailable(type(error).__name__, str(error)) from error
        if answer.status_code != 200:
            code, message = explained(_error(answer))
            raise failure(answer.status_code, code, message, answer.headers)
        document = answer.json()
        return document if isinstance(document, dict) else {}

    def _read(self, url: str, room: "_Room") -> bytes:
        place = urlsplit(url)
        if place.scheme != "https" or not (place.hostname or "").endswith(_STORAGE):
            raise Refused("ForeignUrl", f"{url.partition('?')[0]} is not a blob in Azure.")
        credential = None if place.query else self._credential
        with translated(), BlobClient.from_blob_url(url, credential, **BOUNDS) as blob:
            stream = blob.download_blob(max_concurrency=1)
            room.take(int(stream.size))
            return bytes(stream.readall())


class _Room:
    """Counts down the bytes that may still be read; concurrent reads may go a little over."""

    def __init__(self, left: int) -> None:
        self._left = left

    def take(self, size: int) -> None:
        self._left -= size
        if self._left < 0:
            raise rejected("snapshot", f"The run's snapshot has over {MAX_EXPANDED} bytes")


def _leaves(node: Mapping[str, Any], path: str = "") -> Iterator[tuple[str, str]]:
    """Path and URL of each file in a tree of `{absoluteUrl, sasUrl, children: {name: node}}`."""
    for name, child in (node.get("children") or {}).items():
        yield from _leaves(child, f"{path}/{name}" if path else str(name))
    url = node.get("sasUrl") or node.get("absoluteUrl")
    if url and path and not node.get("children"):
        yield path, str(url)


def _error(answer: requests.Response) -> Mapping[str, Any]:
    try:
        error = answer.json().get("error")
    except (ValueError, AttributeError):
        error = None
    return error if isinstance(error, dict) else {"code": answer.reason, "message": ""}
