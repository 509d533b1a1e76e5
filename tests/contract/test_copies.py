"""Copies that Azure, unlike Azurite, refuses to do in one call."""

import pytest
from azure.storage.blob import BlobClient

from local import cloud
from shared.adapters.copies import Source, copy
from shared.domain.failure import AzureFailure, Conflict, Refused
from tests.contract.azure_replies import MOST_AT_ONCE, AzureReplies

MIB = 1024 * 1024


def _copied(azure: AzureReplies, etag: str = "0x1") -> bool:
    connection = cloud.blob_connection_string(cloud.DROP_ACCOUNT, cloud.DROP_ACCOUNT_KEY, 9)
    source, target = (
        BlobClient.from_connection_string(connection, "flows", name, transport=azure, retry_total=0)
        for name in ("source.zip", "target.zip")
    )
    return copy(Source(source, f"{source.url}?sig=x"), etag, target)


def test_a_small_source_is_copied_in_one_call() -> None:
    azure = AzureReplies(MOST_AT_ONCE)
    assert _copied(azure)
    assert azure.calls == ["PUT copy"]


def test_a_large_source_is_copied_in_blocks() -> None:
    azure = AzureReplies(MOST_AT_ONCE + 1)
    assert _copied(azure)
    assert azure.committed == [
        f"bytes=0-{100 * MIB - 1}",
        f"bytes={100 * MIB}-{200 * MIB - 1}",
        f"bytes={200 * MIB}-{256 * MIB}",
    ]


def test_a_large_source_that_changes_while_it_is_copied_is_not_kept() -> None:
    azure = AzureReplies(MOST_AT_ONCE + 1, changes=2)
    assert not _copied(azure)
    assert azure.committed is None


def test_an_empty_source_is_kept_as_an_empty_blob() -> None:
    azure = AzureReplies(0)
    assert _copied(azure)
    assert azure.committed == []


@pytest.mark.parametrize("azure", [AzureReplies(None), AzureReplies(10, etag="0x2")])
def test_a_deleted_or_replaced_source_has_moved(azure: AzureReplies) -> None:
    assert not _copied(azure)
    assert azure.committed is None


@pytest.mark.parametrize(
    ("status", "code", "kind"),
    [
        (409, "BlobArchived", Conflict),
        (409, "CannotVerifyCopySource", Conflict),
        (412, "LeaseIdMissing", Conflict),
        (404, "CannotVerifyCopySource", Refused),
        (400, "InvalidUri", Refused),
    ],
)
def test_a_refused_source_is_reported_by_its_code(
    status: int, code: str, kind: type[AzureFailure]
) -> None:
    with pytest.raises(kind) as failure:
        _copied(AzureReplies(10, refusal=(status, code)))
    assert failure.value.code == code
