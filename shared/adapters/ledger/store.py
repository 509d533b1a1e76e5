"""The blob operations of the ledger."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote

from azure.core import MatchConditions
from azure.core.exceptions import (
    HttpResponseError,
    ResourceExistsError,
    ResourceModifiedError,
    ResourceNotFoundError,
)
from azure.storage.blob import BlobClient, BlobProperties, ContainerClient, SequenceNumberAction

from shared.adapters.ledger.listed import Listed
from shared.adapters.ledger.remembered import Remembered
from shared.adapters.server_time import server_time
from shared.adapters.translation import translated

# Enough for the documents that a process's current jobs read repeatedly.
_REMEMBERED = 64


class BlobStore:
    """Blobs by path. Most are written once; metadata, timelines and a few records change."""

    def __init__(self, container: ContainerClient) -> None:
        self.container = container
        # A document never changes, so a process that wrote it or read it does not read it again. A
        # missing document is not remembered, since it may be written at any moment.
        self._documents = Remembered[bytes](_REMEMBERED)
        self.listed = Listed()

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

        Only a page blob has one, and storage itself adds to it: no two calls get the same. The
        number is 0 where the account has no page blobs, as with a hierarchical namespace.
        """
        blob = self.container.get_blob_client(path)
        with translated():
            try:
                return _counted(blob)
            except ResourceNotFoundError:
                _make_page_blob(blob)
            try:
                return _counted(blob)
            except ResourceNotFoundError as missing:
                return server_time(getattr(missing.response, "headers", {})), 0

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
            self._documents.put(path, text)
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

    def knows(self, path: str) -> bool:
        """True if this process remembers the document."""
        return self._documents.get(path) is not None

    def json(self, path: str) -> dict[str, Any] | None:
        """Read a document; None if there is none. No call if this process knows it."""
        content = self._documents.get(path) or self.read(path)
        if content is None:
            return None
        self._documents.put(path, content)
        return dict(json.loads(content))

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
        self._documents.forget(path)
        with translated():
            try:
                self.container.delete_blob(path)
            except ResourceNotFoundError:
                return

    def delete_all(self, paths: Sequence[str]) -> None:
        """Delete at most 256 blobs in one call. No error for those that are not there."""
        if not paths:
            return
        with translated():
            answers = self.container.delete_blobs(*paths, raise_on_any_failure=False)
            done = all(it.status_code in {202, 404} for it in answers)
        for path in paths:
            self._documents.forget(path)
        for path in () if done else paths:
            self.delete(path)  # raises what Azure refuses

    def names(self, prefix: str, most: int | None = None) -> Iterator[str]:
        """The sorted blob paths under the prefix, without it. `most`: names per page."""
        with translated():
            found = self.container.list_blob_names(name_starts_with=prefix, results_per_page=most)
            for name in found:
                yield str(name)[len(prefix) :]

    def sizes(self, prefix: str) -> dict[str, int]:
        """By name without the prefix: the sizes of the blobs under it. One call per 5,000."""
        with translated():
            found = self.container.list_blobs(name_starts_with=prefix)
            return {str(it.name)[len(prefix) :]: int(it.size) for it in found}

    def folders(self, prefix: str, delimiter: str = "/") -> Iterator[str]:
        """What comes before the next delimiter in the names under the prefix, each once."""
        with translated():
            for found in self.container.walk_blobs(name_starts_with=prefix, delimiter=delimiter):
                if str(found.name).endswith(delimiter):
                    yield str(found.name)[len(prefix) : -1]

    def page(
        self, prefix: str, most: int, after: str | None
    ) -> tuple[list[tuple[str, dict[str, str]]], str | None]:
        """At most so many names, each with its metadata, and the token of the next page."""
        with translated():
            pages: Any = self.container.list_blobs(
                name_starts_with=prefix, include=["metadata"], results_per_page=most
            ).by_page(after)
            blobs = list(next(pages, ()))
        token = pages.continuation_token or None
        return [(str(it.name)[len(prefix) :], decoded(it)) for it in blobs], token

    def written(
        self, prefix: str, most: int, after: str | None
    ) -> tuple[list[tuple[str, datetime]], str | None]:
        """At most so many paths with the times of their last writes, and the next page's token."""
        with translated():
            pages: Any = self.container.list_blobs(
                name_starts_with=prefix, results_per_page=most
            ).by_page(after)
            blobs = [(str(it.name), it.last_modified) for it in next(pages, ())]
        return blobs, pages.continuation_token or None

    def metadata(self, prefix: str) -> Iterator[tuple[str, dict[str, str]]]:
        """Like `names`, with each blob's metadata."""
        with translated():
            blobs = self.container.list_blobs(name_starts_with=prefix, include=["metadata"])
            for blob in blobs:
                yield str(blob.name)[len(prefix) :], decoded(blob)


def _counted(blob: BlobClient) -> tuple[datetime, int]:
    made: dict[str, Any] = dict(blob.set_sequence_number(SequenceNumberAction.INCREMENT))
    return made["last_modified"], int(made["blob_sequence_number"])


def _make_page_blob(blob: BlobClient) -> None:
    """Make an empty page blob, unless it exists or the account has none."""
    try:
        blob.create_page_blob(0, match_condition=MatchConditions.IfMissing)
    except HttpResponseError as refused:
        if refused.status_code not in {400, 409, 412, 501}:
            raise


def decoded(blob: BlobProperties) -> dict[str, str]:
    """A blob's metadata, decoded. A list returns empty values as None."""
    return {key: unquote(value or "") for key, value in (blob.metadata or {}).items()}


def _encoded(metadata: Mapping[str, str]) -> dict[str, str]:
    """Encode metadata as ASCII, since it is sent in headers; all of it may take 8 KB."""
    return {key: quote(value[:300], safe=" /:@+,~") for key, value in metadata.items()}
