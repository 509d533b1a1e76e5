import base64
import json
import time

import pytest
from azure.storage.blob import ContainerClient
from azure.storage.queue import QueueClient

from tests.local.functions_host.host_stack import BuildStack, Stack
from tests.local.part import eventually


@pytest.fixture
def flows(stack: Stack) -> ContainerClient:
    name = stack.host._env["FLOWS"]
    return stack.blobs().create_container(name)


def fresh(stack: Stack, name: str) -> ContainerClient:
    client = stack.blobs().get_container_client(name)
    if client.exists():
        for each in client.list_blob_names():
            client.delete_blob(each)
    else:
        client.create_container()
    return client


def test_a_blob_client_says_where_the_blob_is(stack: Stack, flows: ContainerClient):
    flows.upload_blob("team/chat.zip", b"\x00\xff")
    flows.upload_blob("team/readme.md", b"no")
    (seen,) = eventually(lambda: stack.seen("package"))
    assert (seen["container"], seen["name"]) == (flows.container_name, "team/chat.zip")
    time.sleep(0.5)
    assert len(stack.seen("package")) == 1


def test_text_and_bytes_carry_their_metadata(stack: Stack):
    fresh(stack, "texts").upload_blob("a/b.txt", "grüße", metadata={"by": "me"})
    fresh(stack, "binaries").upload_blob("x", b"\x00\xff")
    (text,) = eventually(lambda: stack.seen("text"))
    assert text["name"] == "texts/a/b.txt"
    assert text["uri"].endswith("/texts/a/b.txt")
    assert (text["body"], text["length"]) == ("grüße", 7)
    assert text["metadata"] == {"by": "me"}
    (binary,) = eventually(lambda: stack.seen("binary"))
    assert binary["body"] == "00ff"


def test_a_new_version_is_a_new_event_and_a_restart_repeats_nothing(
    stack: Stack, flows: ContainerClient
):
    flows.upload_blob("one.zip", b"1")
    eventually(lambda: len(stack.seen("package")) == 1)
    flows.upload_blob("one.zip", b"2", overwrite=True)
    eventually(lambda: len(stack.seen("package")) == 2)
    time.sleep(0.3)
    stack.host.kill()
    flows.upload_blob("two.zip", b"while it was down")
    stack.host.start()
    eventually(lambda: len(stack.seen("package")) == 3)
    time.sleep(0.5)
    names = [each["name"] for each in stack.seen("package")]
    assert names == ["one.zip", "one.zip", "two.zip"]


def test_five_failures_end_on_the_poison_queue(stack: Stack, flows: ContainerClient):
    queue = QueueClient.from_connection_string(stack.storage, "webjobs-blobtrigger-poison")
    etag = flows.upload_blob("bad.zip", b"x").get_blob_properties().etag
    eventually(lambda: "gives up" in stack.log.read_text(), within=15)
    assert len(stack.seen("package")) == 5
    message = next(iter(queue.receive_messages()))
    assert json.loads(base64.b64decode(message.content)) == {
        "Type": "BlobTrigger",
        "FunctionId": "Host.Functions.on_package",
        "BlobType": "BlockBlob",
        "ContainerName": flows.container_name,
        "BlobName": "bad.zip",
        "ETag": etag,
    }
    time.sleep(0.5)
    assert len(stack.seen("package")) == 5
    flows.upload_blob("good.zip", b"x")
    eventually(lambda: len(stack.seen("package")) == 6)


def test_a_blob_that_was_not_finished_is_processed_again_after_a_kill(stack: Stack):
    fresh(stack, "texts").upload_blob("hang.txt", "x")
    eventually(lambda: stack.seen("text"))
    stack.host.kill()
    stack.host.start()
    eventually(lambda: len(stack.seen("text")) == 2)


def test_a_setting_that_is_not_there_stops_the_start(build: BuildStack):
    with pytest.raises(RuntimeError, match="ended with 1"):
        build(SampleStorage="")
