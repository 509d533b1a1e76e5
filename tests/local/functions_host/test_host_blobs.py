import base64
import json
import time

import pytest
from azure.storage.queue import QueueClient

from local.functions_host.state import HostState
from tests.local.functions_host.host_stack import BuildStack, Stack
from tests.local.part import eventually


def test_sdk_binding_has_the_location_of_the_blob(shared: Stack) -> None:
    flows = shared.container("flows")
    flows.upload_blob("team/chat.zip", b"\x00\xff")
    flows.upload_blob("team/readme.md", b"no")
    noted = eventually(lambda: shared.seen("package", name="team/chat.zip"))
    assert noted[0]["container"] == flows.container_name
    time.sleep(0.7)
    assert len(shared.seen("package", name="team/chat.zip")) == 1
    assert not shared.seen("package", name="team/readme.md")


def test_text_and_bytes_bindings_have_metadata(shared: Stack) -> None:
    texts = shared.container("texts")
    texts.upload_blob("a/b.txt", "grüße", metadata={"by": "me"})
    shared.container("binaries").upload_blob("x", b"\x00\xff")
    text = eventually(lambda: shared.seen("text"))[0]
    path = f"{texts.container_name}/a/b.txt"
    assert text["name"] == path
    assert text["uri"].endswith(f"/{path}")
    assert (text["body"], text["length"]) == ("grüße", 7)
    assert text["metadata"] == {"by": "me"}
    assert eventually(lambda: shared.seen("binary"))[0]["body"] == "00ff"
    assert not shared.seen("event"), "a trigger whose source is Event Grid polls nothing"


def test_more_blobs_than_run_at_once_are_each_taken_once(shared: Stack) -> None:
    names = [f"many/{number}.zip" for number in range(20)]
    for name in names:
        shared.container("flows").upload_blob(name, b"x")
    eventually(lambda: shared.seen("package", name=names[-1]))
    eventually(lambda: all(shared.seen("package", name=name) for name in names))
    time.sleep(0.7)
    assert [len(shared.seen("package", name=name)) for name in names] == [1] * len(names)


def test_five_failures_end_on_the_poison_queue(shared: Stack) -> None:
    flows = shared.container("flows")
    queue = QueueClient.from_connection_string(shared.storage, "webjobs-blobtrigger-poison")
    etag = flows.upload_blob("bad.zip", b"x").get_blob_properties().etag
    eventually(lambda: "gave up" in shared.log.read_text())
    assert len(shared.seen("package", name="bad.zip")) == 5
    message = next(iter(queue.receive_messages()))
    assert json.loads(base64.b64decode(message.content)) == {
        "Type": "BlobTrigger",
        "FunctionId": "Host.Functions.on_package",
        "BlobType": "BlockBlob",
        "ContainerName": flows.container_name,
        "BlobName": "bad.zip",
        "ETag": etag,
    }
    flows.upload_blob("good.zip", b"x")
    eventually(lambda: shared.seen("package", name="good.zip"))
    assert len(shared.seen("package", name="bad.zip")) == 5


def test_new_blob_version_triggers_once_even_after_a_restart(stack: Stack) -> None:
    flows = stack.container("flows")
    flows.upload_blob("one.zip", b"1")
    eventually(lambda: len(stack.seen("package")) == 1)
    second = flows.upload_blob("one.zip", b"2", overwrite=True).get_blob_properties().etag
    eventually(lambda: len(stack.seen("package")) == 2)
    done = HostState(stack.journal.parent / "state").receipts
    eventually(lambda: str(second).strip('"') in str(done("on_package")), what="its receipt")
    stack.host.kill()
    flows.upload_blob("two.zip", b"while it was down")
    stack.host.start()
    eventually(lambda: len(stack.seen("package")) == 3)
    time.sleep(0.7)
    names = [each["name"] for each in stack.seen("package")]
    assert names == ["one.zip", "one.zip", "two.zip"]


def test_unfinished_blob_is_processed_again_after_a_kill(stack: Stack) -> None:
    stack.container("texts").upload_blob("hang.txt", "x")
    eventually(lambda: stack.seen("text"))
    stack.host.kill()
    stack.host.start()
    eventually(lambda: len(stack.seen("text")) == 2)


def test_the_host_does_not_start_without_the_storage_setting_of_a_trigger(
    build: BuildStack,
) -> None:
    with pytest.raises(RuntimeError, match="ended with 1"):
        build(SampleStorage="")
