"""The storage account that a blob trigger watches."""

import contextlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from azure.core import MatchConditions
from azure.core.exceptions import (
    ResourceExistsError,
    ResourceModifiedError,
    ResourceNotFoundError,
)
from azure.storage.blob import BlobServiceClient
from azure.storage.queue import QueueServiceClient, TextBase64EncodePolicy

from local.functions_host.worker.conversion import iso

_TYPES = {"BlockBlob": 0, "PageBlob": 1, "AppendBlob": 2}  # .NET's BlobType


@dataclass(frozen=True)
class FoundBlob:
    """One version of a blob in a listing."""

    container: str
    name: str
    etag: str
    kind: str = "BlockBlob"
    metadata: Mapping[str, str] = field(default_factory=dict)
    properties: Mapping[str, Any] = field(default_factory=dict)

    @property
    def path(self) -> str:
        return f"{self.container}/{self.name}"


class BlobSource:
    """Blobs and queues of one account. All methods block; call them in a thread."""

    def __init__(self, connection: str) -> None:
        short: dict[str, Any] = {"connection_timeout": 5, "read_timeout": 20, "retry_total": 1}
        self._blobs = BlobServiceClient.from_connection_string(connection, **short)
        self._queues = QueueServiceClient.from_connection_string(connection, **short)

    def list(self, container: str, prefix: str) -> list[FoundBlob]:
        """List all blobs under a prefix; none if the container does not exist yet."""
        client = self._blobs.get_container_client(container)
        try:
            return [
                _found(container, each)
                for each in client.list_blobs(name_starts_with=prefix or None, include=["metadata"])
            ]
        except ResourceNotFoundError:
            return []

    def find(self, container: str, name: str) -> FoundBlob | None:
        """Find the blob's present version; None if there is none."""
        client = self._blobs.get_blob_client(container, name)
        try:
            return _found(container, client.get_blob_properties())
        except ResourceNotFoundError:
            return None

    def read(self, blob: FoundBlob) -> bytes | None:
        """Read exactly this version; None if the blob is gone or has changed."""
        client = self._blobs.get_blob_client(blob.container, blob.name)
        try:
            unchanged = MatchConditions.IfNotModified
            stream = client.download_blob(etag=f'"{blob.etag}"', match_condition=unchanged)
            downloaded: bytes = stream.readall()
        except (ResourceNotFoundError, ResourceModifiedError):
            return None
        return downloaded

    def uri(self, blob: FoundBlob) -> str:
        """Return the blob's URL."""
        return str(self._blobs.get_blob_client(blob.container, blob.name).url)

    def send(self, queue: str, text: str) -> None:
        """Send a message to a storage queue (base64, the host's default); create it if missing."""
        client = self._queues.get_queue_client(
            queue, message_encode_policy=TextBase64EncodePolicy()
        )
        try:
            client.send_message(text)
        except ResourceNotFoundError:
            with contextlib.suppress(ResourceExistsError):
                client.create_queue()
            client.send_message(text)


def _found(container: str, listed: Any) -> FoundBlob:
    etag = str(listed.etag).strip('"')
    kind = str(getattr(listed.blob_type, "value", listed.blob_type))
    metadata = dict(listed.metadata or {})
    properties = {
        "ContentLength": listed.size,
        "ContentType": listed.content_settings.content_type,
        "ContentEncoding": listed.content_settings.content_encoding,
        "ContentHash": None,
        "ETag": f'"{etag}"',
        "BlobType": _TYPES.get(kind, 0),
        "LastModified": _moment(listed.last_modified),
        "CreatedOn": _moment(listed.creation_time),
        "Metadata": metadata,
    }
    return FoundBlob(container, listed.name, etag, kind, metadata, properties)


def _moment(moment: datetime | None) -> str | None:
    return None if moment is None else iso(moment)
