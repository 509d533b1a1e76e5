"""What a new deployment is asked before its traffic, by real flows; and a batch run's flow."""

import base64
from pathlib import Path

from tests.e2e.client import Client, zipped

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
    expect: {output: words, equals: WORDS}
"""
STREAMING = """\
from promptflow.core import tool


@tool
def count(question: str):
    yield from question.split()
"""
STREAMED = """\
inputs:
  question: {type: string, default: one two three}
outputs:
  answer: {type: string, reference: "${count.output}"}
nodes:
- name: count
  type: python
  source: {type: code, path: count.py}
  inputs: {question: "${inputs.question}"}
"""
RUN = "say_hello_variant_0_20260101_120000_123456"


def test_samples_and_their_expectations(client: Client, samples: Path):
    manifest = SAMPLES.replace("WORDS", "3")

    told = client.deploy("sampled.zip", zipped(samples / "hello", deploy__yaml=manifest), 90)

    assert told["outcome"] == "succeeded", told
    assert told["sample_request"] == {"question": "Hello there"}


def test_a_chat_is_asked_twice(client: Client, samples: Path):
    job = client.drop("twice.zip", zipped(samples / "chat"))
    told = client.outcome(job, 90)

    assert told["outcome"] == "succeeded", told
    shown = client.job(job)
    assert shown is not None
    test = next(step for step in shown["steps"] if step["kind"] == "smoke_test")
    assert "a second turn of the chat" in test["note"]


def test_a_stream_is_read_to_its_end(client: Client, samples: Path):
    changes = {"deploy__yaml": "smoke_test: {stream: true}\n", "flow__dag__yaml": STREAMED}

    told = client.deploy(
        "stream.zip", zipped(samples / "hello", count__py=STREAMING, **changes), 90
    )

    assert told["outcome"] == "succeeded", told


def test_a_batch_run_deploys(client: Client, samples: Path):
    files = {
        path.relative_to(samples / "hello").as_posix(): base64.b64encode(path.read_bytes()).decode()
        for path in (samples / "hello").rglob("*")
        if path.is_file()
    }
    client.admin("POST", "runs", json={"name": RUN, "files": files}).raise_for_status()

    answer = client.call("POST", "deployments", json={"source": {"run": RUN}})
    assert answer.status_code == 202, answer.text
    told = client.outcome(answer.json()["job"], 90)

    assert told["outcome"] == "succeeded", told
    assert told["endpoint"] == "say-hello"
    assert told["source"] == f"runs/{RUN}"
    assert client.score("say-hello", {"question": "Hello there"}).json()["words"] == 2
    again = client.call("POST", "deployments", json={"source": {"run": RUN}})
    assert again.json()["job"] == answer.json()["job"]


def test_a_run_that_is_not_there_is_told_at_once(client: Client):
    answer = client.call("POST", "deployments", json={"source": {"run": "nowhere"}})

    assert answer.status_code == 400
    assert "no run of this name" in answer.json()["error"]
