"""Copies a source into the ledger as the job's package, so that later changes do not matter."""

from shared.domain.errors import rejected
from shared.domain.failure import Conflict, Denied, Refused
from shared.domain.requests.source import (
    BlobSource,
    FolderSource,
    RunSource,
    Source,
    UploadSource,
)
from shared.ports import Ports
from shared.steps.intake.resolve import run_package

# https://learn.microsoft.com/rest/api/storageservices/common-rest-api-error-codes
_OUR_RIGHTS = frozenset(
    {
        "AuthenticationFailed",
        "AuthorizationFailure",
        "AuthorizationPermissionMismatch",
        "InsufficientAccountPermissions",
        "InvalidAuthenticationInfo",
    }
)
_SHORTER = "Give it a shorter path, and upload it again"
_WARMER = "Move the blob to an online tier, then upload it again or ask for it"
_REMEDIES = {
    "BlobArchived": _WARMER,
    "BlobBeingRehydrated": _WARMER,
    "BlobUsesCustomerSpecifiedEncryption": "Upload it without a key of your own",
    "InvalidUri": _SHORTER,
    "OutOfRangeInput": _SHORTER,
}


class SourceChanged(Exception):  # noqa: N818 - named as the caller reads it
    """The source changed while it was being copied. The request can be repeated."""


def keep_package(ports: Ports, job: str, source: Source, content: bytes = b"") -> None:
    """Copy the source as the job's package. `content`: the zip of an upload.

    Raises:
        SourceChanged: the source is no longer at this version.
        Rejected: Azure does not copy it, and would not on another try.
    """
    try:
        kept = _kept(ports, job, source, content)
    except (Conflict, Denied, Refused) as failure:
        if failure.code in _OUR_RIGHTS:
            raise  # not the source's fault: the same try succeeds once Sluice has the right
        cause = f"Azure does not copy it: {failure.code}: {failure.message}".rstrip(".")
        remedy = _REMEDIES.get(failure.code, "Correct what the code names, and upload it again")
        raise rejected(_name(source), cause, remedy) from failure
    if not kept:
        raise SourceChanged(_name(source))


def _kept(ports: Ports, job: str, source: Source, content: bytes) -> bool:
    if isinstance(source, BlobSource):
        return ports.ledger.keep_blob(job, source.path, source.etag)
    if isinstance(source, FolderSource):
        return ports.ledger.keep_folder(job, source.path, source.files)
    if isinstance(source, UploadSource):
        ports.ledger.keep_package(job, content)
    if isinstance(source, RunSource):
        ports.ledger.keep_package(job, run_package(ports, source))
    return True


def _name(source: Source) -> str:
    return getattr(source, "path", "the request")
