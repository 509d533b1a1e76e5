"""The smoke test of real flows before traffic moves; and a batch run's flow."""

import base64
from pathlib import Path

import pytest

from tests.e2e.client import Client, zipped
from tests.e2e.streamed_flow import STREAMED, STREAMING

SAMPLES = """\
smoke_test:
  samples:
  - name: two words
    input: {question: Hello there}
    expect:
      max_latency_ms: 20000
      json_schema:
        type: object
        required: [answer, words]
        properties: {words: {const: 2}}
  - name: three words
    input: {question: And now three?}
    expect: {output: words, equals: 3}
"""
RUN = "say_hello_variant_0_20260101_120000_123456"


def _run_files(folder: Path) -> dict[str, str]:
    """Return a flow's files in the form that the emulator takes for a run."""
    return {
        path.relative_to(folder).as_posix(): base64.b64encode(path.read_bytes()).decode()
        for path in folder.rglob("*")
        if path.is_file()
    }


@pytest.fixture(scope="module")
def jobs(client: Client, samples: Path) -> dict[str, str]:
    """Start every job of this module at once, since starting a container takes longest."""
    hello = samples / "hello"
    files = _run_files(hello)
    client.admin("POST", "runs", json={"name": RUN, "files": files}).raise_for_status()
    streamed = zipped(
        hello,
        count__py=STREAMING,
        flow__dag__yaml=STREAMED,
        deploy__yaml="smoke_test: {stream: true}\n",
    )
    run = client.call("POST", "deployments", json={"source": {"run": RUN}})
    assert run.status_code == 202, run.text
    return {
        "run": run.json()["job"],
        "samples": client.drop("sampled.zip", zipped(hello, deploy__yaml=SAMPLES)),
        "stream": client.drop("stream.zip", streamed),
        "chat": client.drop("twice.zip", zipped(samples / "chat")),
    }


def _note(client: Client, job: str) -> str:
    """Return the note of a successful job's smoke test."""
    shown = client.ended(job)
    assert shown["state"] == "succeeded", shown["result"]
    return str(next(it["note"] for it in shown["steps"] if it["kind"] == "smoke_test"))


def test_samples_are_checked_against_their_expectations(client: Client, jobs: dict[str, str]):
    assert _note(client, jobs["samples"]) == "2 samples answered as expected"
    assert client.outcome(jobs["samples"])["sample_request"] == {"question": "Hello there"}


def test_a_chat_gets_a_second_turn(client: Client, jobs: dict[str, str]):
    assert "a second turn of the chat" in _note(client, jobs["chat"])


def test_a_stream_is_read_to_its_end(client: Client, jobs: dict[str, str]):
    assert "a stream of events" in _note(client, jobs["stream"])


def test_a_batch_run_deploys(client: Client, jobs: dict[str, str]):
    told = client.outcome(jobs["run"])

    assert told["outcome"] == "succeeded", told
    assert told["endpoint"] == "say-hello"
    assert told["source"] == f"runs/{RUN}"
    assert client.score("say-hello", {"question": "Hello there"}).json()["words"] == 2
    again = client.call("POST", "deployments", json={"source": {"run": RUN}})
    assert again.json()["job"] != jobs["run"], "what is asked again after its end is a new job"
    assert client.outcome(again.json()["job"])["outcome"] == "unchanged"


def test_a_missing_run_is_reported_at_once(client: Client):
    answer = client.call("POST", "deployments", json={"source": {"run": "nowhere"}})

    assert answer.status_code == 400
    assert "no run of this name" in answer.json()["error"]
