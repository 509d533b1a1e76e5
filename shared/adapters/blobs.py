"""Blob storage: open the account, and read the flows container."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from azure.core import MatchConditions
from azure.core.credentials import TokenCredential
from azure.core.exceptions import ResourceModifiedError, ResourceNotFoundError
from azure.core.pipeline import PipelineResponse
from azure.storage.blob import BlobProperties, BlobServiceClient, ContainerClient

from shared.adapters.observed import transport_for
from shared.adapters.server_time import server_time
from shared.adapters.targets import make_targets
from shared.adapters.translation import translated
from shared.domain.requests.request import stamp
from shared.domain.requests.source import FileVersion
from shared.package.folder import check_packed
from shared.ports.telemetry import SILENT, Telemetry

_AT_ONCE = 8

# Seconds. The two pauses between three attempts take at most 1.7 s: 22 s in all at worst.
BOUNDS: dict[str, Any] = {
    "connection_timeout": 3,
    "read_timeout": 6,
    "retry_total": 2,
    "initial_backoff": 0.5,
    "increment_base": 1,
    "random_jitter_range": 0.2,
}

_PIECE = 4 * 1024 * 1024
"""Bytes of a blob that one call reads. The library would hold the first 32 MB, and twice."""


def open_account(
    *,
    connection_string: str | None = None,
    account_url: str | None = None,
    credential: TokenCredential | None = None,
    telemetry: Telemetry = SILENT,
) -> BlobServiceClient:
    """Open a storage account, by its connection string or by its URL and a credential."""
    watched = transport_for(telemetry, "storage", **BOUNDS)
    given = {**BOUNDS, **watched, "max_single_get_size": _PIECE, "max_chunk_get_size": _PIECE}
    if connection_string:
        return BlobServiceClient.from_connection_string(connection_string, **given)
    if account_url is None:
        raise ValueError("Set SluiceStorage or SluiceStorage__blobServiceUri")
    return BlobServiceClient(account_url, credential=credential, **given)


class BlobFlows:
    """The container where flows are dropped."""

    def __init__(self, container: ContainerClient) -> None:
        self._container = container

    def stat(self, path: str) -> FileVersion | None:
        """One call."""
        with translated():
            try:
                return _version(self._container.get_blob_client(path).get_blob_properties())
            except ResourceNotFoundError:
                return None

    def list(self, prefix: str) -> tuple[FileVersion, ...]:
        """One call per 5,000 blobs; skips folders of a hierarchical namespace."""
        return self._listed(prefix)

    def snapshot(self) -> tuple[tuple[FileVersion, ...], str]:
        """One call per 5,000 blobs."""
        times: list[datetime] = []

        def note(answer: PipelineResponse[Any, Any]) -> None:
            times.append(server_time(answer.http_response.headers))

        found = self._listed("", raw_response_hook=note)
        return found, stamp(times[0])

    def _listed(self, prefix: str, **options: Any) -> tuple[FileVersion, ...]:
        with translated():
            blobs = self._container.list_blobs(
                name_starts_with=prefix, include=["metadata"], **options
            )
            found = [_version(blob) for blob in blobs if not _is_folder(blob)]
        return tuple(sorted(found, key=lambda version: version.path))

    def fetch_zip(self, path: str, etag: str, into: Path) -> Path | None:
        """One call per 4 MB."""
        target = into / "package.zip"
        return target if self._fetch(path, etag, target, check_packed) else None

    def fetch_folder(self, path: str, files: Sequence[FileVersion], into: Path) -> Path | None:
        """One call per file, eight at a time."""
        folder = into / "package"
        targets = make_targets([it.path.removeprefix(path) for it in files], folder)
        with ThreadPoolExecutor(_AT_ONCE) as pool:
            paths, etags = [it.path for it in files], [it.etag for it in files]
            fetched = list(pool.map(self._fetch, paths, etags, targets))
        return folder if all(fetched) else None

    def _fetch(
        self, path: str, etag: str, target: Path, check: Callable[[int], object] | None = None
    ) -> bool:
        """Stream one version of a blob to a file; False if there is no such version."""
        with translated():
            try:
                stream = self._container.download_blob(
                    path,
                    etag=f'"{etag}"',
                    match_condition=MatchConditions.IfNotModified,
                    max_concurrency=1,
                )
            except (ResourceNotFoundError, ResourceModifiedError):
                return False
            if check is not None:
                check(stream.size)
            with target.open("wb") as file:
                stream.readinto(file)
        return True

    def server_time(self) -> str:
        """One call."""
        seen: list[datetime] = []

        def note(answer: PipelineResponse[Any, Any]) -> None:
            seen.append(server_time(answer.http_response.headers))

        with translated():
            self._container.get_container_properties(raw_response_hook=note)
        return stamp(seen[-1])


def _is_folder(blob: BlobProperties) -> bool:
    return str(blob.name).endswith("/") or (blob.metadata or {}).get("hdi_isfolder") == "true"


def _version(blob: BlobProperties) -> FileVersion:
    modified = blob.last_modified
    return FileVersion(
        path=str(blob.name),
        # A list returns ETags without quotes, a read with them.
        etag=str(blob.etag).strip('"'),
        modified=modified.astimezone(UTC).isoformat() if isinstance(modified, datetime) else "",
        size=blob.size or 0,
    )
