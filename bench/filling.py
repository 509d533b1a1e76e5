"""Writes many blobs fast: over plain HTTP with a signature in the URL, from several processes."""

import http.client
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from multiprocessing import get_context
from typing import Final, NamedTuple
from urllib.parse import quote, urlsplit

from azure.storage.blob import (
    AccountSasPermissions,
    BlobServiceClient,
    ResourceTypes,
    generate_account_sas,
)

_VERSION: Final = "2024-11-04"
_PROCESSES, _THREADS = 2, 4
_TRIES: Final = 5


class Blob(NamedTuple):
    """A blob to write. `kind`: its type, as Azure calls it."""

    path: str
    content: bytes
    metadata: Mapping[str, str]
    kind: str = "BlockBlob"


def write_all(
    account: BlobServiceClient, container: str, blobs: Callable[[int], Iterable[Blob]], count: int
) -> None:
    """Write the blobs of each number below `count`.

    Raises RuntimeError if not all were written.
    """
    signature = generate_account_sas(
        str(account.account_name),
        account_key=account.credential.account_key,
        resource_types=ResourceTypes(object=True),
        permission=AccountSasPermissions(read=True, write=True, create=True, add=True),
        expiry=datetime.now(UTC) + timedelta(hours=6),
    )
    base = f"{account.url.partition('?')[0].rstrip('/')}/{container}"

    def share(first: int) -> None:
        mine = range(first, count, _PROCESSES)
        with ThreadPoolExecutor(_THREADS) as pool:
            shares = [mine[place::_THREADS] for place in range(_THREADS)]
            list(pool.map(lambda it: _write_share(_Writer(base, signature), blobs, it), shares))

    fork = get_context("fork")
    processes = [fork.Process(target=share, args=(first,)) for first in range(_PROCESSES)]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    if any(process.exitcode for process in processes):
        raise RuntimeError("Not all blobs were written")


def _write_share(writer: "_Writer", blobs: Callable[[int], Iterable[Blob]], numbers: range) -> None:
    for number in numbers:
        for blob in blobs(number):
            writer.write(blob)
    writer.close()


class _Writer:
    """Writes blobs over one connection. One that the server has closed is opened again."""

    def __init__(self, base: str, signature: str) -> None:
        self._url, self._signature = urlsplit(base), signature
        self._connection = http.client.HTTPConnection(self._url.netloc)

    def write(self, blob: Blob) -> None:
        """Write a new blob; a repeat after a lost answer is the same blob again."""
        metadata = {f"x-ms-meta-{key}": value for key, value in blob.metadata.items()}
        appended = blob.kind == "AppendBlob"
        begun = b"" if appended else blob.content
        self._put(blob.path, "", begun, {"x-ms-blob-type": blob.kind, **metadata})
        if appended and blob.content:
            first = {"x-ms-blob-condition-appendpos": "0"}
            self._put(blob.path, "comp=appendblock&", blob.content, first)

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()

    def _put(self, path: str, query: str, content: bytes, headers: Mapping[str, str]) -> None:
        place = f"{self._url.path}/{quote(path)}?{query}{self._signature}"
        for left in reversed(range(_TRIES)):
            try:
                self._connection.request(
                    "PUT", place, body=content, headers={"x-ms-version": _VERSION, **headers}
                )
                answer = self._connection.getresponse()
                answer.read()
            except (ConnectionError, http.client.HTTPException):
                self.close()
                if not left:
                    raise
                continue
            there = answer.status == http.client.PRECONDITION_FAILED and left < _TRIES - 1
            if answer.status != http.client.CREATED and not there:
                raise RuntimeError(f"{path}: {answer.status}")
            return
