"""Writes many blobs fast: over plain HTTP with a signature in the URL, from several processes."""

import http.client
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from multiprocessing import get_context
from urllib.parse import quote, urlsplit

from azure.storage.blob import (
    AccountSasPermissions,
    BlobServiceClient,
    ResourceTypes,
    generate_account_sas,
)

type Blob = tuple[str, bytes, dict[str, str]]
"""A path, its content, its metadata."""

_VERSION = "2024-11-04"
_PROCESSES, _THREADS = 2, 4


def write_all(
    account: BlobServiceClient, container: str, blobs: Callable[[int], Iterable[Blob]], count: int
) -> None:
    """Write the blobs of each number below `count`."""
    signature = generate_account_sas(
        str(account.account_name),
        account_key=account.credential.account_key,
        resource_types=ResourceTypes(object=True),
        permission=AccountSasPermissions(read=True, write=True, create=True),
        expiry=datetime.now(UTC) + timedelta(hours=6),
    )
    base = f"{account.url.partition('?')[0].rstrip('/')}/{container}"

    def share(first: int) -> None:
        mine = range(first, count, _PROCESSES)
        with ThreadPoolExecutor(_THREADS) as pool:
            shares = [mine[place::_THREADS] for place in range(_THREADS)]
            list(pool.map(lambda it: _write(base, signature, blobs, it), shares))

    fork = get_context("fork")
    processes = [fork.Process(target=share, args=(first,)) for first in range(_PROCESSES)]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    if any(process.exitcode for process in processes):
        raise RuntimeError("Not all blobs were written")


def _write(
    base: str, signature: str, blobs: Callable[[int], Iterable[Blob]], numbers: range
) -> None:
    url = urlsplit(base)
    connection = http.client.HTTPConnection(url.netloc)
    for number in numbers:
        for path, content, metadata in blobs(number):
            headers = {"x-ms-blob-type": "BlockBlob", "x-ms-version": _VERSION}
            headers |= {f"x-ms-meta-{key}": value for key, value in metadata.items()}
            place = f"{url.path}/{quote(path)}?{signature}"
            connection.request("PUT", place, body=content, headers=headers)
            answer = connection.getresponse()
            answer.read()
            if answer.status != http.client.CREATED:
                raise RuntimeError(f"{path}: {answer.status}")
    connection.close()
