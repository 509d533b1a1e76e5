"""Copying a blob inside Azure, at one version, without its bytes coming here."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from azure.core import MatchConditions
from azure.core.credentials import TokenCredential
from azure.core.exceptions import HttpResponseError
from azure.storage.blob import BlobClient, BlobSasPermissions, ContainerClient, generate_blob_sas

from shared.adapters.translation import translated

_STORAGE = "https://storage.azure.com/.default"
_COPY_SECONDS = 30
_SOURCE_CHANGED = frozenset({404, 412})


@dataclass(frozen=True)
class Source:
    """A URL that Azure may read the blob from, with an Authorization header where it needs one."""

    url: str
    authorization: str | None = None


type Sources = Callable[[str], Source]


def open_sources(container: ContainerClient, credential: TokenCredential | None) -> Sources:
    """How blobs of the container are read by a copy in Azure.

    With a credential, its own token goes along (`x-ms-copy-source-authorization`): Sluice needs
    Storage Blob Data Reader on the source. Without, the container's account key signs a URL for
    five minutes: a copy from a URL does not go by the key that it is itself signed with
    (https://learn.microsoft.com/rest/api/storageservices/copy-blob-from-url).
    """

    def by_token(path: str) -> Source:
        assert credential is not None
        url = container.get_blob_client(path).url
        with translated():
            return Source(url, f"Bearer {credential.get_token(_STORAGE).token}")

    def by_key(path: str) -> Source:
        blob = container.get_blob_client(path)
        signature = generate_blob_sas(
            str(blob.account_name),
            blob.container_name,
            blob.blob_name,
            account_key=blob.credential.account_key,
            permission=BlobSasPermissions(read=True),
            expiry=datetime.now(UTC) + timedelta(minutes=5),
        )
        return Source(f"{blob.url}?{signature}")

    return by_token if credential is not None else by_key


def copy(source: Source, etag: str, target: BlobClient) -> bool:
    """Copy unless the target is there; False where the source is no longer at that ETag.

    The copy is made before Azure answers, up to 256 MiB, and is there whole or not at all.
    """
    with translated():
        try:
            target.start_copy_from_url(
                source.url,
                requires_sync=True,
                source_authorization=source.authorization,
                source_etag=f'"{etag.strip(chr(34))}"',
                source_match_condition=MatchConditions.IfNotModified,
                match_condition=MatchConditions.IfMissing,
                read_timeout=_COPY_SECONDS,
            )
        except HttpResponseError as error:
            if error.status_code == 409 or error.status_code in _SOURCE_CHANGED:
                return bool(target.exists())
            raise
    return True
