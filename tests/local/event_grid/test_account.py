"""What Event Grid reads of a storage account, and writes to it."""

import json
from collections.abc import Iterator

import pytest
from azure.storage.blob import BlobServiceClient

from local import cloud
from local.azure_ml.testing import azurite
from local.event_grid.account import Account


@pytest.fixture(scope="module")
def connection() -> Iterator[str]:
    with azurite(None) as port:
        yield cloud.blob_connection_string(cloud.DROP_ACCOUNT, cloud.DROP_ACCOUNT_KEY, port)


@pytest.fixture(scope="module")
def blobs(connection: str) -> BlobServiceClient:
    return BlobServiceClient.from_connection_string(connection)


def test_each_version_of_a_blob_is_one_event(connection: str, blobs: BlobServiceClient) -> None:
    account = Account(connection, "flows")
    assert account.new_events({}) == [], "the container does not exist yet"
    flows = blobs.create_container("flows")
    written = flows.upload_blob("team/größe 1.zip", b"12345")

    [(name, etag, event)] = account.new_events({})

    assert name == "team/größe 1.zip"
    assert written.get_blob_properties().etag.strip('"') == etag == event["data"]["eTag"]
    assert event["eventType"] == "Microsoft.Storage.BlobCreated"
    assert event["subject"] == f"/blobServices/default/containers/flows/blobs/{name}"
    path = "flows/team/gr%C3%B6%C3%9Fe%201.zip"
    assert event["data"]["url"] == f"https://{cloud.DROP_ACCOUNT}.blob.core.windows.net/{path}"
    assert event["data"]["contentLength"] == 5
    assert account.new_events({name: etag}) == []
    flows.upload_blob(name, b"again", overwrite=True)
    [(_, newer, _)] = account.new_events({name: etag})
    assert newer != etag


def test_a_dead_letter_is_the_event_with_its_reason(
    connection: str, blobs: BlobServiceClient
) -> None:
    letters = blobs.create_container(cloud.EVENT_DEAD_LETTERS)
    event = {"id": "e-1", "subject": "s"}
    for _ in range(2):
        Account(connection, "flows").keep_dead_letter(event, "MaxDeliveryAttemptsExceeded", 30)
    [name] = letters.list_blob_names()
    assert name.startswith(f"{cloud.DROP_ACCOUNT}/SLUICE/")
    [kept] = json.loads(letters.download_blob(name).readall())
    assert kept == {
        **event,
        "deadLetterReason": "MaxDeliveryAttemptsExceeded",
        "deliveryAttempts": 30,
    }
