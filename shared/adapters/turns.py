"""The right to change an endpoint: a lease on one blob for each endpoint."""

import time
import uuid
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace

from azure.core import MatchConditions
from azure.core.exceptions import (
    ResourceExistsError,
    ResourceModifiedError,
    ResourceNotFoundError,
)
from azure.storage.blob import BlobClient, BlobLeaseClient, ContainerClient

from shared.adapters.translation import translated

SECONDS = 60
# Seconds for which a process relies on its last renewal. It counts them on its own clock, from
# before the renewal was sent, so the lease lasts at least 50 seconds more.
_RELIED_ON = 10.0
_NAMES = uuid.UUID("5f6e1a3c-4f5e-5d0a-9d0b-0c1f0f6f2a11")


@dataclass(frozen=True)
class _Held:
    """A turn that this process has renewed. `since`: by the process's clock, before the call."""

    job: str
    fence: int
    since: float


@dataclass(frozen=True)
class _Looked:
    """A turn as this process has just read it. `etag`: of the blob, None if there was none."""

    job: str | None
    fence: int
    etag: str | None


class BlobTurns:
    """Leases of 60 seconds on `turns/{endpoint}`; the metadata holds the fence and its job.

    The lease's id is derived from the job, so that the job can take it again after a crash. The
    fence is written under the lease, and only if the job has changed. A crash between lease and
    write leaves the older job's fence; the next job adds one to it. The first fence is written with
    the blob, before any lease.

    A process remembers the turns that it took. Storage renews a lease only if no other was acquired
    since, so the remembered fence is still the job's own. It also remembers what `last` has read,
    for the `take` that follows: the lease is acquired only if the blob has not changed since.

    Args:
        container: the ledger's container.
        clock: seconds that only grow.
    """

    def __init__(
        self, container: ContainerClient, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._container = container
        self._clock = clock
        self._held: dict[str, _Held] = {}
        self._looked: dict[str, _Looked] = {}

    def take(self, endpoint: str, job: str) -> int | None:
        """Two calls, three if the turn passes to another job; one less right after `last`.

        One if this process took it before; none if that was within the last 10 seconds.
        """
        now, held = self._clock(), self._held.get(endpoint)
        if held is not None and held.job == job:
            if now - held.since < _RELIED_ON:
                return held.fence
            if self._renewed(endpoint, job):
                self._held[endpoint] = replace(held, since=now)
                return held.fence
        fence = self._taken(endpoint, job)
        if fence is not None:
            self._held[endpoint] = _Held(job, fence, now)
        return fence

    def _renewed(self, endpoint: str, job: str) -> bool:
        """Renew the lease; False if another was acquired since."""
        with translated():
            try:
                _lease(self._blob(endpoint), job).renew()
            except (ResourceExistsError, ResourceModifiedError, ResourceNotFoundError):
                return False
        return True

    def _taken(self, endpoint: str, job: str) -> int | None:
        blob, known = self._blob(endpoint), self._looked.pop(endpoint, None)
        with translated():
            try:
                if known is not None:
                    with suppress(ResourceModifiedError):  # it has changed since: look again
                        return _acquired(blob, job, known)
                return _acquired(blob, job, _look(blob))
            except (ResourceExistsError, ResourceModifiedError):
                return None  # 409: another has it; 412: another took it meanwhile

    def last(self, endpoint: str) -> str | None:
        """One call."""
        with translated():
            looked = self._looked[endpoint] = _look(self._blob(endpoint))
        return looked.job

    def release(self, endpoint: str, job: str) -> None:
        """One call."""
        self._held.pop(endpoint, None)
        with translated():
            try:
                _lease(self._blob(endpoint), job).release()
            except (ResourceExistsError, ResourceModifiedError, ResourceNotFoundError):
                return  # it lapsed, and another may have it

    def _blob(self, endpoint: str) -> BlobClient:
        return self._container.get_blob_client(f"turns/{endpoint}")


def _lease(blob: BlobClient, job: str) -> BlobLeaseClient:
    return BlobLeaseClient(blob, lease_id=str(uuid.uuid5(_NAMES, job)))


def _acquired(blob: BlobClient, job: str, looked: _Looked) -> int:
    """Acquire the lease, if the blob is as it was looked at; return the fence."""
    if looked.etag is None:
        looked = _make(blob, job)
    lease = _lease(blob, job)
    lease.acquire(
        lease_duration=SECONDS, etag=looked.etag, match_condition=MatchConditions.IfNotModified
    )
    if looked.job == job:
        return looked.fence
    blob.set_blob_metadata({"fence": str(looked.fence + 1), "job": job}, lease=lease)
    return looked.fence + 1


def _look(blob: BlobClient) -> _Looked:
    try:
        found = blob.get_blob_properties()
    except ResourceNotFoundError:
        return _Looked(None, 0, None)
    known = found.metadata or {}
    return _Looked(known.get("job"), int(known.get("fence", "0")), str(found.etag))


def _make(blob: BlobClient, job: str) -> _Looked:
    """Write the first turn of an endpoint; if another did meanwhile, look at that."""
    try:
        made = blob.upload_blob(b"", overwrite=False, metadata={"fence": "1", "job": job})
    except ResourceExistsError:
        return _look(blob)
    return _Looked(job, 1, str(made["etag"]))
