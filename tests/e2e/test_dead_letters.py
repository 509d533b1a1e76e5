"""Dead letters on the stack: what failed is listed, and replayed once its cause is mended."""

from pathlib import Path
from typing import Any

from azure.servicebus import ServiceBusMessage

from local.stack import Stack
from tests.e2e.client import Client, wait, zipped


def _letters(client: Client, queue: str) -> list[dict[str, Any]]:
    answer = client.call("GET", "dead-letters")
    assert answer.status_code == 200, answer.text
    return [it for it in answer.json()["dead_letters"] if it["queue"] == queue]


def _replay(client: Client, letter: dict[str, Any]) -> dict[str, Any]:
    answer = client.call("POST", f"dead-letters/{letter['queue']}/{letter['id']}/replay")
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def test_poison_blobs_are_listed_and_replayed_as_one_job(
    echo_stack: Stack, echo: Client, samples: Path
) -> None:
    """Without the bus, no file of a folder can be put off until the folder is quiet."""
    folder = "poisoned"
    files = {
        f"{folder}/{it.relative_to(samples / 'hello').as_posix()}": it.read_bytes()
        for it in (samples / "hello").rglob("*")
        if it.is_file() and "__pycache__" not in it.parts
    }
    log = echo_stack.state / "logs" / "functions_host.log"
    echo_stack.kill("service_bus")
    for path, content in files.items():
        echo.flows.upload_blob(path, content)
    given_up = [f"gave up on flows/{path}" for path in files]
    wait(lambda: all(it in log.read_text() for it in given_up), 300, "no blob was given up")
    echo_stack.start_part("service_bus")
    echo.reconnect()

    def listed() -> list[dict[str, Any]] | None:
        answer = echo.call("GET", "dead-letters")
        mine = [
            it
            for it in answer.json().get("dead_letters", ())
            if it["queue"] == "blobs" and it["body"] in files
        ]
        return mine if len(mine) == len(files) else None

    letters = wait(listed, 120, "the poison blobs are not listed")
    for letter in letters:
        assert (_replay(echo, letter)["act"], letter["reason"]) == ("replay", "PoisonBlob")
    assert not [it for it in _letters(echo, "blobs") if it["body"] in files]

    def made() -> list[str]:
        jobs = echo.call("GET", "jobs").json()["jobs"]
        return [it["job"] for it in jobs if it["source"] == f"{folder}/"]

    [job] = wait(made, 300, "no job was made of the folder")
    assert echo.outcome(job)["outcome"] == "succeeded"
    assert len(echo.results(job)) == 1
    assert made() == [job]


def test_a_dead_letter_is_replayed_twice_and_has_one_result(
    echo_stack: Stack, echo: Client, samples: Path
) -> None:
    echo.flows.upload_blob("buried.package", zipped(samples / "hello"))
    body = b'{"source": {"blob": "buried.package"}, "manifest": {"endpoint": {"name": "buried"}}}'
    queue = echo.facts["requests_queue"]
    echo_stack.kill("functions_host")
    with echo.bus.get_queue_sender(queue) as sender:
        sender.send_messages(ServiceBusMessage(body, message_id="buried"))
    with echo.bus.get_queue_receiver(queue) as receiver:
        (message,) = receiver.receive_messages(1, max_wait_time=60)
        assert message.message_id == "buried"
        receiver.dead_letter_message(message, reason="Poison", error_description="by hand")
    echo_stack.start_part("functions_host")

    [letter] = [it for it in _letters(echo, "requests") if it["message_id"] == "buried"]
    assert (letter["reason"], letter["description"]) == ("Poison", "by hand")
    assert letter["body"] == body.decode()
    assert _replay(echo, letter) == _replay(echo, letter)
    assert not [it for it in _letters(echo, "requests") if it["message_id"] == "buried"]

    (event,) = echo.answers("buried")
    assert event["data"]["outcome"] == "succeeded", event
    discard = echo.call("POST", f"dead-letters/requests/{letter['id']}/discard")
    assert discard.status_code == 409
    assert len(echo.results(event["data"]["job"])) == 1
