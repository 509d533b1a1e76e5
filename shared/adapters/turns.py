"""The right to change an endpoint: a lease on one blob for each endpoint."""

import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, replace

from azure.core.exceptions import (
    HttpResponseError,
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


class BlobTurns:
    """Leases of 60 seconds on `turns/{endpoint}`; the metadata holds the fence and its job.

    The lease's id is derived from the job, so that the job can take it again after a crash. The
    fence is written under the lease, and only if the job has changed. A crash between lease and
    write leaves the older job's fence; the next job adds one to it.

    A process remembers the turns that it took. Storage renews a lease only if no other was acquired
    since, so the remembered fence is still the job's own.

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

    def take(self, endpoint: str, job: str) -> int | None:
        """Two calls, three if the turn passes to another job.

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
        blob = self._blob(endpoint)
        lease = _lease(blob, job)
        with translated():
            try:
                _acquire(blob, lease)
                return _fence(blob, lease, job)
            except (ResourceExistsError, ResourceModifiedError):
                return None  # 409: another has it; 412: it lapsed and another took it meanwhile

    def last(self, endpoint: str) -> str | None:
        """One call."""
        with translated():
            try:
                known = self._blob(endpoint).get_blob_properties().metadata or {}
            except ResourceNotFoundError:
                return None
        return known.get("job")

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


def _acquire(blob: BlobClient, lease: BlobLeaseClient) -> None:
    try:
        lease.acquire(lease_duration=SECONDS)
    except ResourceNotFoundError:
        try:
            blob.upload_blob(b"", overwrite=False)
        except HttpResponseError as error:
            if error.status_code not in (409, 412):
                raise
        lease.acquire(lease_duration=SECONDS)


def _fence(blob: BlobClient, lease: BlobLeaseClient, job: str) -> int:
    known = blob.get_blob_properties(lease=lease).metadata or {}
    fence = int(known.get("fence", "0"))
    if known.get("job") == job:
        return fence
    blob.set_blob_metadata({"fence": str(fence + 1), "job": job}, lease=lease)
    return fence + 1
