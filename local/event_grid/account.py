"""The storage account: what was written to its container, and where dead letters go."""

import json
import uuid
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

from azure.core.exceptions import ResourceNotFoundError
from azure.storage.blob import BlobServiceClient

from local import cloud
from local.event_grid.outbox import Event

SUBSCRIPTION = "sluice"


class Account:
    """One container of one account. All methods block; call them in a thread."""

    def __init__(self, connection: str, container: str) -> None:
        short: dict[str, Any] = {"connection_timeout": 5, "read_timeout": 20, "retry_total": 1}
        self._blobs = BlobServiceClient.from_connection_string(connection, **short)
        self._container = container

    def new_events(self, seen: Mapping[str, str]) -> list[tuple[str, str, Event]]:
        """List the container; return name, ETag and event of each version that is not `seen`."""
        try:
            return list(self._new(seen))
        except ResourceNotFoundError:
            return []  # the container does not exist yet

    def _new(self, seen: Mapping[str, str]) -> Iterator[tuple[str, str, Event]]:
        for blob in self._blobs.get_container_client(self._container).list_blobs():
            etag = str(blob.etag).strip('"')
            if seen.get(blob.name) != etag:
                yield blob.name, etag, self._event(blob, etag)

    def _event(self, blob: Any, etag: str) -> Event:
        """Describe a written blob, as Azure Storage does ('Azure Blob Storage events')."""
        place = f"{self._container}/{quote(blob.name)}"
        return {
            "topic": cloud.DROP_ACCOUNT_ID,
            "subject": f"/blobServices/default/containers/{self._container}/blobs/{blob.name}",
            "eventType": "Microsoft.Storage.BlobCreated",
            "eventTime": blob.last_modified.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
            "id": str(uuid.uuid4()),
            "data": {
                "api": "PutBlob",
                "requestId": str(uuid.uuid4()),
                "eTag": etag,
                "contentType": blob.content_settings.content_type,
                "contentLength": blob.size,
                "blobType": "BlockBlob",
                "url": f"https://{cloud.DROP_ACCOUNT}.blob.core.windows.net/{place}",
                "sequencer": etag,
            },
            "dataVersion": "",
            "metadataVersion": "1",
        }

    def keep_dead_letter(self, event: Event, reason: str, attempts: int) -> None:
        """Write an event that is given up to the container of dead letters."""
        letter = {**event, "deadLetterReason": reason, "deliveryAttempts": attempts}
        at = datetime.now(UTC).strftime("%Y/%m/%d/%H")
        path = f"{cloud.DROP_ACCOUNT}/{SUBSCRIPTION.upper()}/{at}/{event['id']}.json"
        container = self._blobs.get_container_client(cloud.EVENT_DEAD_LETTERS)
        container.upload_blob(path, json.dumps([letter]), overwrite=True)
