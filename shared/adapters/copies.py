"""Copy one version of a blob inside Azure, server-side."""

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
# Longer than the app's clock may be wrong: storage checks the signature by its own clock.
_SIGNED_FOR = timedelta(hours=1)
# The largest blob that Azure copies in one call ('Copy Blob From URL'); beyond it answers 409.
MOST_AT_ONCE = 256 * 1024 * 1024
_BLOCK = 100 * 1024 * 1024
_LOOK_CLOSER = frozenset({404, 409, 412})


@dataclass(frozen=True)
class Source:
    """A blob, and a URL from which Azure can read it, with an Authorization header if needed."""

    blob: BlobClient
    url: str
    authorization: str | None = None


type Sources = Callable[[str], Source]


def open_sources(container: ContainerClient, credential: TokenCredential | None) -> Sources:
    """Return a function that gives Azure access to a blob of the container for a copy.

    With a credential, its token is sent along (`x-ms-copy-source-authorization`); Sluice needs
    Storage Blob Data Reader on the source. Without one, the account key signs a URL, since the key
    that signs the copy request does not give access to its source
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
    """Copy the source unless the target exists; False if the source no longer has that ETag.

    The copy is complete when Azure answers, or does not exist. Raises AzureFailure if the source is
    unchanged and Azure does not copy it.
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
                raise  # the source is unchanged and not too large: Azure's code says why
            return _copy_in_blocks(source, version, target, size)
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


def _copy_in_blocks(source: Source, version: str, target: BlobClient, size: int) -> bool:
    """Copy an empty or large blob, which one call refuses with 409 `CannotVerifyCopySource`.

    An empty blob has no block. The blocks of a large one are committed only if the source still has
    its ETag after the last block was read.
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
    """The source's size; None if it no longer has that ETag."""
    try:
        found = source.blob.get_blob_properties()
    except ResourceNotFoundError:
        return None
    return int(found.size) if str(found.etag).strip('"') == version else None


def _name(start: int) -> str:
    """A block's name. All block names of a blob must have the same length."""
    return f"{start:020}"
