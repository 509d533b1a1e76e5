"""Upload a zip to the flows container."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from azure.core.exceptions import (
    AzureError,
    ClientAuthenticationError,
    HttpResponseError,
    ResourceNotFoundError,
)
from azure.storage.blob import BlobServiceClient, LinearRetry

from cli.errors import refused, unreachable
from cli.sign_in import make_credential, not_signed_in
from cli.target import Target

type Progress = Callable[[int, int | None], None]

_SHOWN_FROM: Final = 4 * 1024 * 1024
"""Bytes of a zip whose upload is worth a progress bar."""


def upload(target: Target, archive: Path, blob: str) -> str:
    """Upload the zip, replacing an older one, and return its ETag without quotes.

    Raises:
        CommandError: storage does not answer, or denies access.
    """
    container = target["flows_container"]
    try:
        with (
            _account(target) as account,
            archive.open("rb") as content,
            _progress(archive.stat().st_size) as progress,
        ):
            properties = account.get_blob_client(container, blob).upload_blob(
                content, overwrite=True, progress_hook=progress
            )
    except ResourceNotFoundError as error:
        raise refused(f"storage has no container '{container}'") from error
    except ClientAuthenticationError as error:
        raise unreachable(_denied(error)) from error
    except HttpResponseError as error:
        raise unreachable(f"storage refuses: {_reason(error)}") from error
    except AzureError as error:
        raise unreachable(f"storage does not answer: {_reason(error)}") from error
    except ValueError as error:
        raise refused(
            f"SLUICE_STORAGE is not a storage account's URL or connection string: {error}"
        ) from error
    return str(properties["etag"]).strip('"')


def _account(target: Target) -> BlobServiceClient:
    """Open the account: by connection string, or by URL with the user's credential."""
    address = target["storage_connection_string"]
    # Two retries a second apart, instead of three over a minute: the user is waiting.
    retries = LinearRetry(backoff=1, retry_total=2, random_jitter_range=0)
    patience: dict[str, Any] = {"retry_policy": retries, "connection_timeout": 10}
    if address.startswith("https://"):
        return BlobServiceClient(address, make_credential(target), **patience)
    return BlobServiceClient.from_connection_string(address, **patience)


@contextmanager
def _progress(size: int) -> Iterator[Progress | None]:
    """Show a bar for a large upload in a terminal; nothing elsewhere."""
    if size < _SHOWN_FROM or not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console  # noqa: PLC0415 - slow to import
    from rich.progress import BarColumn, DownloadColumn, Progress  # noqa: PLC0415

    columns = ("uploading", BarColumn(), DownloadColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=size)
        yield lambda sent, _total: bar.update(task, completed=sent)


def _denied(error: ClientAuthenticationError) -> str:
    if error.response is not None:  # storage itself answers, so somebody is signed in
        role = "Storage Blob Data Contributor on the container is needed"
        return f"storage refuses: {_reason(error)} ({role})"
    return not_signed_in(str(error.message))


def _reason(error: AzureError) -> str:
    return str(error.message).splitlines()[0]
