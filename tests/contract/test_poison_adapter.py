"""The queue of blobs that the trigger gave up, on Azurite, as the Functions host writes it."""

import base64
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from azure.core.credentials import AccessToken
from azure.storage.queue import QueueServiceClient

from local.addresses import addresses
from local.app_settings import drop_connection
from local.child import Child
from local.functions_host.blobs.call import POISON_QUEUE
from local.parts import storage
from local.stack import READY_SECONDS
from shared.adapters.poison import QUEUE, PoisonQueue, open_poison


class Nobody:
    def get_token(self, *scopes: str, **given: object) -> AccessToken:
        raise AssertionError("a connection string needs no token")


@pytest.fixture
def connection(tmp_path: Path) -> Iterator[str]:
    """Azurite as the stack starts it, with queues; the connection string of its drop account."""
    at = addresses(tmp_path, None)
    child = Child(storage(tmp_path, at), tmp_path / "log")
    child.wait_ready(READY_SECONDS)
    yield drop_connection(at)
    child.stop()


@pytest.fixture
def poison(connection: str) -> PoisonQueue:
    found = open_poison(
        connection_string=connection,
        account_url=None,
        credential=Nobody(),
        container="flows",
    )
    assert found is not None
    return found


def _put(connection: str, text: str) -> None:
    with QueueServiceClient.from_connection_string(connection) as service:
        queue = service.get_queue_client(POISON_QUEUE)
        if POISON_QUEUE not in [it.name for it in service.list_queues()]:
            queue.create_queue()
        queue.send_message(text)


def _told(name: str, container: str = "flows") -> str:
    told = {"Type": "BlobTrigger", "ContainerName": container, "BlobName": name}
    return json.dumps(told | {"FunctionId": "Host.Functions.on_drop", "ETag": '"0x1"'})


def test_only_blobs_of_the_container_are_listed_and_one_is_removed(
    poison: PoisonQueue, connection: str
) -> None:
    assert QUEUE == POISON_QUEUE
    assert poison.blobs() == ()  # the host makes the queue with its first message
    for text in (_told("a.zip"), _told("x.zip", "another"), _told("b/ü.zip"), "no json"):
        _put(connection, base64.b64encode(text.encode()).decode())
    _put(connection, _told("plain.zip"))  # a host may be set to write plain text

    listed = poison.blobs()
    assert [(it.path, it.etag) for it in listed] == [
        ("a.zip", "0x1"),
        ("b/ü.zip", "0x1"),
        ("plain.zip", "0x1"),
    ]
    for _ in range(2):
        poison.remove(listed[1].id)

    assert {it.path for it in poison.blobs()} == {"a.zip", "plain.zip"}


def test_without_an_address_there_is_no_queue() -> None:
    assert (
        open_poison(
            connection_string=None,
            account_url=None,
            credential=Nobody(),
            container="flows",
        )
        is None
    )
