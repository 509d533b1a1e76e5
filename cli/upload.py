"""Upload a zip to the flows container."""

from pathlib import Path
from typing import Any

from azure.core.exceptions import (
    AzureError,
    ClientAuthenticationError,
    HttpResponseError,
    ResourceNotFoundError,
)
from azure.storage.blob import BlobServiceClient, LinearRetry

from cli.errors import refused, unreachable
from cli.target import Target


def upload(target: Target, archive: Path, blob: str) -> str:
    """Upload the zip, replacing an older one, and return its ETag without quotes.

    Raises:
        CommandError: storage does not answer, or denies access.
    """
    container = target["flows_container"]
    try:
        with _account(target) as account, archive.open("rb") as content:
            properties = account.get_blob_client(container, blob).upload_blob(
                content, overwrite=True
            )
    except ResourceNotFoundError as error:
        raise refused(f"storage has no container '{container}'") from error
    except (ClientAuthenticationError, HttpResponseError) as error:
        raise unreachable(f"storage refuses: {_reason(error)}") from error
    except AzureError as error:
        raise unreachable(f"storage does not answer: {_reason(error)}") from error
    except ValueError as error:
        raise refused(
            f"SLUICE_STORAGE is not a storage account's URL or connection string: {error}"
        ) from error
    return str(properties["etag"]).strip('"')


def _account(target: Target) -> BlobServiceClient:
    """Open the account: by connection string, or by URL with a credential of azure-identity."""
    address = target["storage_connection_string"]
    # Two retries a second apart, instead of three over a minute: the user is waiting.
    retries = LinearRetry(backoff=1, retry_total=2, random_jitter_range=0)
    patience: dict[str, Any] = {"retry_policy": retries, "connection_timeout": 10}
    if address.startswith("https://"):
        from azure.identity import DefaultAzureCredential  # noqa: PLC0415 - slow to import

        return BlobServiceClient(address, DefaultAzureCredential(), **patience)
    return BlobServiceClient.from_connection_string(address, **patience)


def _reason(error: AzureError) -> str:
    return str(error.message).splitlines()[0]
