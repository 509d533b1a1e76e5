"""Append blobs of lines: the timelines of jobs."""

from contextlib import suppress

from azure.core import MatchConditions
from azure.core.exceptions import HttpResponseError, ResourceExistsError, ResourceNotFoundError
from azure.storage.blob import BlobClient

from shared.adapters.translation import translated


def append(blob: BlobClient, lines: bytes) -> None:
    """Append lines; the first creates the blob. One call, two more for the first line."""
    with translated():
        try:
            blob.append_block(lines)
        except ResourceNotFoundError:
            with suppress(ResourceExistsError):
                blob.create_append_blob(match_condition=MatchConditions.IfMissing)
            blob.append_block(lines)


def append_at(blob: BlobClient, lines: bytes, length: int) -> bool:
    """Append lines if the blob has this length; False if it has another.

    One call, two if the length is 0: then the blob is created. A retry after a lost answer also
    returns False.
    """
    with translated():
        try:
            if length == 0:
                blob.create_append_blob(match_condition=MatchConditions.IfMissing)
            blob.append_block(lines, appendpos_condition=length)
        except HttpResponseError as error:
            if error.status_code not in {404, 409, 412}:
                raise
            return False
    return True
