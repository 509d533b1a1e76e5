"""Events of Event Grid at the host's webhook of blob triggers."""

import base64
import json
from typing import Any

import httpx
import pytest
from azure.storage.queue import QueueClient

from tests.local.functions_host.host_stack import Stack
from tests.local.part import eventually

FUNCTION = "Host.Functions.on_event"


def post(
    stack: Stack,
    *events: dict[str, Any],
    function: str = FUNCTION,
    key: str | None = None,
    kind: str = "Notification",
) -> httpx.Response:
    query = {"functionName": function, "code": key or stack.host.facts["blobs_key"]}
    url = f"{stack.host.facts['url']}/runtime/webhooks/blobs"
    headers = {"aeg-event-type": kind}
    return httpx.post(url, params=query, json=list(events), headers=headers, timeout=60)


def created(stack: Stack, name: str, kind: str = "BlobCreated") -> dict[str, Any]:
    url = f"https://account.blob.core.windows.net/{stack.prefix}-texts/{name}"
    return {"id": "e", "eventType": f"Microsoft.Storage.{kind}", "data": {"url": url}}


def names(stack: Stack) -> list[str]:
    return [each["name"].partition("/")[2] for each in stack.seen("event")]


def test_a_subscription_is_confirmed(shared: Stack) -> None:
    event = {"id": "v", "data": {"validationCode": "the-code"}}
    answer = post(shared, event, kind="SubscriptionValidation")
    assert (answer.status_code, answer.json()) == (200, {"validationResponse": "the-code"})


def test_an_event_calls_the_function_once_for_each_time_it_comes(shared: Stack) -> None:
    texts = shared.container("texts")
    texts.upload_blob("team/größe 1.txt", "as it is now")
    event = created(shared, "team/gr%C3%B6%C3%9Fe%201.txt")
    assert [post(shared, event).status_code for _ in range(2)] == [202, 202]
    eventually(lambda: names(shared).count("team/größe 1.txt") == 2)
    assert {each["body"] for each in shared.seen("event")} >= {"as it is now"}


def test_what_is_no_new_blob_of_the_triggers_path_calls_nothing(shared: Stack) -> None:
    texts = shared.container("texts")
    for name in ("other.bin", "removed.txt", "last.txt"):
        texts.upload_blob(name, "x")
    for event in (
        created(shared, "other.bin"),
        created(shared, "removed.txt", kind="BlobDeleted"),
        created(shared, "gone.txt"),
        created(shared, "last.txt"),
    ):
        assert post(shared, event).status_code == 202
    eventually(lambda: "last.txt" in names(shared))
    assert not {"other.bin", "removed.txt", "gone.txt"} & set(names(shared))


def test_an_unknown_function_is_answered_as_if_it_were_known(shared: Stack) -> None:
    """As the real host does: such events are lost (Azure/azure-functions-host#8802)."""
    assert post(shared, created(shared, "x.txt"), function="Host.Functions.no").status_code == 202
    eventually(lambda: "Host.Functions.no" in shared.log.read_text())


@pytest.mark.parametrize("key", ["wrong", "sample-function-key"])
def test_only_the_key_of_the_blobs_extension_opens_the_webhook(shared: Stack, key: str) -> None:
    assert post(shared, created(shared, "x.txt"), key=key).status_code == 401


def test_what_is_no_list_of_events_is_refused(shared: Stack) -> None:
    assert post(shared).status_code == 400
    assert post(shared, {"eventType": "Microsoft.Storage.BlobCreated"}).status_code == 400
    assert post(shared, created(shared, "x.txt"), kind="Other").status_code == 400


def test_five_failures_end_on_the_poison_queue(shared: Stack) -> None:
    shared.container("texts").upload_blob("bad.txt", "x")
    queue = QueueClient.from_connection_string(shared.storage, "webjobs-blobtrigger-poison")
    assert post(shared, created(shared, "bad.txt")).status_code == 202
    eventually(lambda: "gave up" in shared.log.read_text())
    assert names(shared).count("bad.txt") == 5
    found = [json.loads(base64.b64decode(it.content)) for it in queue.peek_messages(32)]
    assert (FUNCTION, "bad.txt") in {(it["FunctionId"], it["BlobName"]) for it in found}


def test_an_event_that_was_answered_survives_a_kill(stack: Stack) -> None:
    stack.container("texts").upload_blob("kept.txt", "x")
    stack.container("texts").upload_blob("bad.txt", "x")
    post(stack, created(stack, "bad.txt"))
    eventually(lambda: names(stack).count("bad.txt") == 1)
    post(stack, created(stack, "kept.txt"))
    stack.host.kill()
    before = names(stack)
    stack.host.start()
    eventually(lambda: "kept.txt" in names(stack) and names(stack).count("bad.txt") == 5)
    assert before.count("bad.txt") < 5
