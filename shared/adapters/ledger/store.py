"""The blob operations of the ledger."""

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote

from azure.core import MatchConditions
from azure.core.exceptions import (
    ResourceExistsError,
    ResourceModifiedError,
    ResourceNotFoundError,
)
from azure.storage.blob import BlobProperties, ContainerClient, SequenceNumberAction

from shared.adapters.translation import translated

# Enough for the documents that a process's current jobs read repeatedly.
_REMEMBERED = 64


class BlobStore:
    """Blobs by path. Most are written once; metadata, timelines and a few records change."""

    def __init__(self, container: ContainerClient) -> None:
        self.container = container
        # A document never changes, so a process reads it once. A missing document is not cached,
        # since it may be written at any moment.
        self._document = lru_cache(_REMEMBERED)(self._existing)

    def create(
        self, path: str, content: bytes = b"", metadata: Mapping[str, str] | None = None
    ) -> bool:
        """Write a blob unless it exists. A retry after a lost answer also returns False."""
        with translated():
            try:
                self.container.upload_blob(
                    path, content, overwrite=False, metadata=_encoded(metadata or {})
                )
            except (ResourceExistsError, ResourceModifiedError):
                return False
        return True

    def increment(self, path: str) -> tuple[datetime, int]:
        """Add one to a page blob's sequence number; returns storage's time, and the number.

        Only a page blob has one, and storage itself adds to it: no two calls get the same.
        """
        blob = self.container.get_blob_client(path)
        with translated():
            try:
                made = blob.set_sequence_number(SequenceNumberAction.INCREMENT)
            except ResourceNotFoundError:
                with suppress(ResourceExistsError, ResourceModifiedError):
                    blob.create_page_blob(0, match_condition=MatchConditions.IfMissing)
                made = blob.set_sequence_number(SequenceNumberAction.INCREMENT)
        found: dict[str, Any] = dict(made)
        return found["last_modified"], int(found["blob_sequence_number"])

    def replace(
        self, path: str, content: bytes = b"", metadata: Mapping[str, str] | None = None
    ) -> None:
        """Write a blob over whatever is there."""
        with translated():
            self.container.upload_blob(
                path, content, overwrite=True, metadata=_encoded(metadata or {})
            )

    def create_json(
        self, path: str, document: Mapping[str, Any], metadata: Mapping[str, str] | None = None
    ) -> dict[str, Any]:
        """Write a document unless it exists; returns the stored one."""
        text = json.dumps(document, ensure_ascii=False).encode()
        if self.create(path, text, metadata):
            return dict(json.loads(text))
        return self.json(path) or {}

    def read(self, path: str) -> bytes | None:
        """Read a small blob; None if there is none."""
        with translated():
            try:
                return self.container.download_blob(path, max_concurrency=1).readall()
            except ResourceNotFoundError:
                return None

    def read_version(self, path: str) -> tuple[bytes, str] | None:
        """Read a small blob with its ETag; None if there is none."""
        with translated():
            try:
                found = self.container.download_blob(path, max_concurrency=1)
                return found.readall(), str(found.properties.etag)
            except ResourceNotFoundError:
                return None

    def replace_version(self, path: str, content: bytes, etag: str) -> bool:
        """Write a blob over the version with that ETag; False if it is gone or another."""
        with translated():
            try:
                self.container.upload_blob(
                    path,
                    content,
                    overwrite=True,
                    etag=etag,
                    match_condition=MatchConditions.IfNotModified,
                )
            except (ResourceModifiedError, ResourceNotFoundError):
                return False
        return True

    def json(self, path: str) -> dict[str, Any] | None:
        """Read a document; None if there is none."""
        try:
            return dict(json.loads(self._document(path)))
        except FileNotFoundError:
            return None

    def _existing(self, path: str) -> bytes:
        content = self.read(path)
        if content is None:
            raise FileNotFoundError(path)
        return content

    def download(
        self, path: str, target: Path, check: Callable[[int], object] | None = None
    ) -> None:
        """Stream a blob to a file. Raises LookupError if there is none.

        `check` gets the size in bytes, and may raise to refuse it.
        """
        with translated():
            try:
                stream = self.container.download_blob(path, max_concurrency=1)
            except ResourceNotFoundError as error:
                raise LookupError(path) from error
            if check is not None:
                check(stream.size)
            with target.open("wb") as file:
                stream.readinto(file)

    def delete(self, path: str) -> None:
        """Delete a blob. No error if there is none."""
        with translated():
            try:
                self.container.delete_blob(path)
            except ResourceNotFoundError:
                return

    def names(self, prefix: str, most: int | None = None) -> Iterator[str]:
        """The sorted blob paths under the prefix, without it. `most`: names per page."""
        with translated():
            found = self.container.list_blob_names(name_starts_with=prefix, results_per_page=most)
            for name in found:
                yield str(name)[len(prefix) :]

    def folders(self, prefix: str) -> Iterator[str]:
        """The names of the folders directly under the prefix."""
        with translated():
            for found in self.container.walk_blobs(name_starts_with=prefix, delimiter="/"):
                if str(found.name).endswith("/"):
                    yield str(found.name)[len(prefix) : -1]

    def metadata(self, prefix: str) -> Iterator[tuple[str, dict[str, str]]]:
        """Like `names`, with each blob's metadata."""
        with translated():
            blobs = self.container.list_blobs(name_starts_with=prefix, include=["metadata"])
            for blob in blobs:
                yield str(blob.name)[len(prefix) :], decoded(blob)

    def amend(self, path: str, metadata: Mapping[str, str]) -> None:
        """Change some of a blob's metadata. Raises LookupError if there is no blob."""
        with translated():
            blob = self.container.get_blob_client(path)
            try:
                known = blob.get_blob_properties()
            except ResourceNotFoundError as error:
                raise LookupError(path) from error
            blob.set_blob_metadata(_encoded({**decoded(known), **metadata}))

    def append(self, path: str, line: bytes) -> None:
        """Append a line to an append blob; the first line creates the blob."""
        blob = self.container.get_blob_client(path)
        with translated():
            try:
                blob.append_block(line)
            except ResourceNotFoundError:
                with suppress(ResourceExistsError):
                    blob.create_append_blob(match_condition=MatchConditions.IfMissing)
                blob.append_block(line)


def decoded(blob: BlobProperties) -> dict[str, str]:
    """A blob's metadata, decoded. A list returns empty values as None."""
    return {key: unquote(value or "") for key, value in (blob.metadata or {}).items()}


def _encoded(metadata: Mapping[str, str]) -> dict[str, str]:
    """Encode metadata as ASCII, since it is sent in headers; all of it may take 8 KB."""
    return {key: quote(value[:300], safe=" /:@+,~") for key, value in metadata.items()}
