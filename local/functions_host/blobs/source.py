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
    """One version of a blob, as a listing tells it."""

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
    """Blobs and queues of one account; every call blocks, so call it in a thread."""

    def __init__(self, connection: str) -> None:
        short: dict[str, Any] = {"connection_timeout": 5, "read_timeout": 20, "retry_total": 1}
        self._blobs = BlobServiceClient.from_connection_string(connection, **short)
        self._queues = QueueServiceClient.from_connection_string(connection, **short)

    def list(self, container: str, prefix: str) -> list[FoundBlob]:
        """All blobs under a prefix; none where the container is not there yet."""
        client = self._blobs.get_container_client(container)
        try:
            return [
                _found(container, each)
                for each in client.list_blobs(name_starts_with=prefix or None, include=["metadata"])
            ]
        except ResourceNotFoundError:
            return []

    def read(self, blob: FoundBlob) -> bytes | None:
        """The bytes of this very version; None if it is gone or changed meanwhile."""
        client = self._blobs.get_blob_client(blob.container, blob.name)
        try:
            unchanged = MatchConditions.IfNotModified
            stream = client.download_blob(etag=f'"{blob.etag}"', match_condition=unchanged)
            downloaded: bytes = stream.readall()
        except (ResourceNotFoundError, ResourceModifiedError):
            return None
        return downloaded

    def uri(self, blob: FoundBlob) -> str:
        """The blob's address."""
        return str(self._blobs.get_blob_client(blob.container, blob.name).url)

    def send(self, queue: str, text: str) -> None:
        """Put a message on a storage queue (base64, as the host's default), made if need be."""
        client = self._queues.get_queue_client(
            queue, message_encode_policy=TextBase64EncodePolicy()
        )
        try:
            client.send_message(text)
        except ResourceNotFoundError:
            with contextlib.suppress(ResourceExistsError):
                client.create_queue()
            client.send_message(text)

    def close(self) -> None:
        self._blobs.close()
        self._queues.close()


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
