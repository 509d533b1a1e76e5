"""A service that does not respond (its process is stopped), which is worse than one that died."""

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from local.stack import Stack
from tests.e2e.client import Client, wait, zipped


@contextmanager
def _silent(stack: Stack, part: str) -> Iterator[None]:
    pid = stack.facts["processes"][part]
    os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(pid, signal.SIGCONT)


def test_jobs_end_and_start_while_the_bus_does_not_respond(
    echo_stack: Stack, echo: Client, samples: Path
):
    """More jobs than concurrent activities, and one more after them."""
    with _silent(echo_stack, "service_bus"):
        jobs = [
            echo.drop(f"mute-{number}.zip", zipped(samples / "hello", note__txt=str(number)))
            for number in range(10)
        ]
        assert [echo.ended(job)["state"] for job in jobs] == ["succeeded"] * 10
        late = echo.drop("mute-late.zip", zipped(samples / "hello", note__txt="late"))
        assert echo.ended(late)["state"] == "succeeded"
        assert echo.call("GET", "health").status_code == 200
    for job in (*jobs, late):
        assert len(echo.results(job)) == 1


def test_a_call_is_accepted_while_the_engine_does_not_respond(
    echo_stack: Stack, echo: Client, samples: Path
):
    echo.flows.upload_blob("unheard.package", zipped(samples / "hello"))
    request = {
        "source": {"blob": "unheard.package"},
        "manifest": {"endpoint": {"name": "unheard"}},
    }
    with _silent(echo_stack, "durable"):
        answer = echo.call("POST", "deployments", json=request)
        assert answer.status_code == 202, answer.text
        assert echo.call("GET", "health").status_code == 200
    job = answer.json()["job"]
    assert echo.outcome(job)["outcome"] == "succeeded"
    assert len(echo.results(job)) == 1


def test_callers_get_503_while_storage_does_not_respond(echo_stack: Stack, echo: Client):
    with _silent(echo_stack, "azurite"):
        answer = echo.call("GET", "jobs")
        assert answer.status_code == 503
        assert answer.headers["Retry-After"]
        assert echo.call("GET", "health").status_code == 200
    wait(lambda: echo.call("GET", "jobs").status_code == 200, 300, "the app does not recover")


def test_messages_wait_on_their_queue_while_storage_does_not_respond(
    echo_stack: Stack, echo: Client, samples: Path
):
    names = [f"patient-{number}" for number in range(3)]
    for name in names:
        echo.flows.upload_blob(f"{name}.package", zipped(samples / "hello"))
    with _silent(echo_stack, "azurite"):
        for name in names:
            source = {"blob": f"{name}.package"}
            echo.send({"source": source, "manifest": {"endpoint": {"name": name}}}, name)
        wait(lambda: _waiting(echo) >= set(names), 300, lambda: f"only {_waiting(echo)} wait")
    for name in names:
        (event,) = echo.answers(name, 420)
        assert event["data"]["outcome"] == "succeeded", event["data"]["diagnosis"]
    answer = echo.call("GET", "dead-letters")
    assert answer.status_code == 200
    assert not {it["message_id"] for it in answer.json()["dead_letters"]} & set(names)


def _waiting(client: Client) -> set[str]:
    """Return the ids of messages that have a scheduled copy."""
    with client.bus.get_queue_receiver(client.facts["requests_queue"]) as requests:
        seen = requests.peek_messages(100, sequence_number=1)
    named = ((it.application_properties or {}).get(b"sluice-id") for it in seen)
    return {it.decode() for it in named if isinstance(it, bytes)}
