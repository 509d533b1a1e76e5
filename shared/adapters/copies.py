"""Copying a blob inside Azure, at one version, without its bytes coming here."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from azure.core import MatchConditions
from azure.core.credentials import TokenCredential
from azure.core.exceptions import (
    HttpResponseError,
    ResourceExistsError,
    ResourceModifiedError,
    ResourceNotFoundError,
)
from azure.storage.blob import (
    BlobBlock,
    BlobClient,
    BlobSasPermissions,
    ContainerClient,
    generate_blob_sas,
)

from shared.adapters.translation import translated

_STORAGE = "https://storage.azure.com/.default"
_COPY_SECONDS = 30
# Longer than the app's clock may be wrong: a signature is valid by storage's.
_SIGNED_FOR = timedelta(hours=1)
# What Azure copies in one call ('Copy Blob From URL'); past it, it answers 409.
MOST_AT_ONCE = 256 * 1024 * 1024
_BLOCK = 100 * 1024 * 1024
_LOOK_CLOSER = frozenset({404, 409, 412})


@dataclass(frozen=True)
class Source:
    """A blob, and a URL that Azure may read it from, with an Authorization header if need be."""

    blob: BlobClient
    url: str
    authorization: str | None = None


type Sources = Callable[[str], Source]


def open_sources(container: ContainerClient, credential: TokenCredential | None) -> Sources:
    """How blobs of the container are read by a copy in Azure.

    With a credential, its own token goes along (`x-ms-copy-source-authorization`): Sluice needs
    Storage Blob Data Reader on the source. Without, the container's account key signs a URL: a
    copy from a URL does not go by the key that it is itself signed with
    (https://learn.microsoft.com/rest/api/storageservices/copy-blob-from-url).
    """

    def by_token(path: str) -> Source:
        assert credential is not None
        blob = container.get_blob_client(path)
        with translated():
            token = credential.get_token(_STORAGE).token
        return Source(blob, blob.url, f"Bearer {token}")

    def by_key(path: str) -> Source:
        blob = container.get_blob_client(path)
        signature = generate_blob_sas(
            str(blob.account_name),
            blob.container_name,
            blob.blob_name,
            account_key=blob.credential.account_key,
            permission=BlobSasPermissions(read=True),
            expiry=datetime.now(UTC) + _SIGNED_FOR,
        )
        return Source(blob, f"{blob.url}?{signature}")

    return by_token if credential is not None else by_key


def copy(source: Source, etag: str, target: BlobClient) -> bool:
    """Copy unless the target is there; False where the source is no longer at that ETag.

    The copy is made before Azure answers, and is there whole or not at all. Raises AzureFailure
    where the source is still there as it was, and Azure does not copy it.
    """
    version = etag.strip('"')
    with translated():
        try:
            _copy_at_once(source, version, target)
        except HttpResponseError as error:
            if error.status_code not in _LOOK_CLOSER:
                raise
            if target.exists():
                return True
            size = _size(source, version)
            if size is None:
                return False
            if 0 < size <= MOST_AT_ONCE:
                raise  # neither moved nor of a size that Azure does not copy: its code says why
            return _copy_otherwise(source, version, target, size)
    return True


def _copy_at_once(source: Source, version: str, target: BlobClient) -> None:
    target.start_copy_from_url(
        source.url,
        requires_sync=True,
        source_authorization=source.authorization,
        source_etag=f'"{version}"',
        source_match_condition=MatchConditions.IfNotModified,
        match_condition=MatchConditions.IfMissing,
        read_timeout=_COPY_SECONDS,
    )


def _copy_otherwise(source: Source, version: str, target: BlobClient, size: int) -> bool:
    """What Azure refuses to copy in one call, with 409 `CannotVerifyCopySource`.

    An empty blob has no block. Blocks of a large one count only once they are committed, and that
    is done only if the source is still what it was when the last of them was read.
    """
    starts = range(0, size, _BLOCK)
    for start in starts:
        target.stage_block_from_url(
            _name(start),
            source.url,
            source_offset=start,
            source_length=min(_BLOCK, size - start),
            source_authorization=source.authorization,
            read_timeout=_COPY_SECONDS,
        )
    if _size(source, version) is None:
        return False
    try:
        target.commit_block_list(
            [BlobBlock(_name(it)) for it in starts], match_condition=MatchConditions.IfMissing
        )
    except (ResourceExistsError, ResourceModifiedError):
        return bool(target.exists())
    return True


def _size(source: Source, version: str) -> int | None:
    """The source's size at that ETag; None where it is no longer at it."""
    try:
        found = source.blob.get_blob_properties()
    except ResourceNotFoundError:
        return None
    return int(found.size) if str(found.etag).strip('"') == version else None


def _name(start: int) -> str:
    """All block names of a blob must be of one length."""
    return f"{start:020}"
