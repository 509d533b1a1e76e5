"""The right to change an endpoint: a lease on one blob for each endpoint."""

import uuid

from azure.core.exceptions import (
    HttpResponseError,
    ResourceExistsError,
    ResourceModifiedError,
    ResourceNotFoundError,
)
from azure.storage.blob import BlobClient, BlobLeaseClient, ContainerClient

from shared.adapters.translation import translated

SECONDS = 60
_NAMES = uuid.UUID("5f6e1a3c-4f5e-5d0a-9d0b-0c1f0f6f2a11")


class BlobTurns:
    """Leases of 60 seconds on `turns/{endpoint}`; the metadata holds the fence and its job.

    The lease's id is derived from the job, so that the job can take it again after a crash. The
    fence is written under the lease, and only if the job has changed. A crash between lease and
    write leaves the older job's fence; the next job adds one to it.
    """

    def __init__(self, container: ContainerClient) -> None:
        self._container = container

    def take(self, endpoint: str, job: str) -> int | None:
        """Two calls, three if the turn passes to another job."""
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
