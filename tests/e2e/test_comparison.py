"""The gates before traffic on real flows: what callers rely on stays, or no traffic moves."""

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.client import Client, zipped
from tests.e2e.streamed_flow import STREAMED, STREAMING

BOTH = "comparison: {contract: true, parity: true, samples: questions.jsonl}\n"
QUESTIONS = """\
{"question": "One"}
{"question": "Two words"}
{"question": "These are four words"}
"""
FLOW = """\
inputs:
  question: {type: string, default: How many words are in this question?}
outputs:
  ANSWER: {type: string, reference: "${answer.output}"}
  words: {type: WORDS, reference: "${count.output.words}"}
nodes:
- name: count
  type: python
  source: {type: code, path: count.py}
  inputs: {question: "${inputs.question}"}
- name: answer
  type: python
  source: {type: code, path: answer.py}
  inputs: {counted: "${count.output}"}
environment: {python_requirements_txt: requirements.txt}
"""
WORSE = """\
from promptflow.core import tool


@tool
def answer(counted: dict) -> str:
    slug, words = counted["slug"], counted["words"]
    if words == 2:
        return "I do not know."
    return (
        f"Your question '{slug}' has {words} words and {counted['letters']} letters; "
        f"the longest word is '{counted['longest']}'."
    )
"""
COUNTS_AS_TEXT = """\
from promptflow.core import tool


@tool
def count(question: str) -> dict:
    words = question.split()
    return {
        "words": f"{len(words)}",
        "letters": len(question),
        "longest": max(words, key=len),
        "slug": "x",
    }
"""
AT_ONCE = """\
from promptflow.core import tool


@tool
def count(question: str) -> str:
    return "".join(question.split())
"""


def flow(answer: str = "answer", words: str = "int") -> str:
    return FLOW.replace("ANSWER", answer).replace("WORDS", words)


VERSIONS: Mapping[str, Mapping[str, str]] = {
    "renamed": {"flow__dag__yaml": flow(answer="reply")},
    "retyped": {"flow__dag__yaml": flow(words="string"), "count__py": COUNTS_AS_TEXT},
    "worse": {"answer__py": WORSE},
    "equal": {"notes__txt": "Nothing else has changed."},
}


@pytest.fixture(scope="module")
def jobs(client: Client, samples: Path) -> dict[str, dict[str, Any]]:
    """The jobs of versions that follow each other at one endpoint, and of one that streamed."""

    def follow(name: str) -> dict[str, dict[str, Any]]:
        made = {"first": client.deploy(name, zipped(samples / "hello"))}
        for version, files in VERSIONS.items():
            content = zipped(
                samples / "hello", deploy__yaml=BOTH, questions__jsonl=QUESTIONS, **files
            )
            made[version] = client.ended(client.drop(name, content))
            made[version]["traffic"] = client.traffic("compared")
        return made

    def lose_stream(name: str) -> dict[str, dict[str, Any]]:
        before = zipped(samples / "hello", flow__dag__yaml=STREAMED, count__py=STREAMING)
        client.deploy(name, before)
        files = {"flow__dag__yaml": STREAMED, "count__py": AT_ONCE, "deploy__yaml": BOTH}
        content = zipped(samples / "hello", questions__jsonl=QUESTIONS, **files)
        return {"at once": client.ended(client.drop(name, content))}

    with ThreadPoolExecutor() as pool:
        one, other = pool.submit(follow, "compared.zip"), pool.submit(lose_stream, "streamed.zip")
        return {**one.result(), **other.result()}


@pytest.mark.parametrize(
    ("version", "gate", "check", "told"),
    [
        ("renamed", "contract", "outputs", "the output 'answer' is gone; there are reply, words"),
        ("retyped", "contract", "outputs", "'words' was of type integer, now of type string"),
        ("at once", "contract", "stream", "the old deployment streams"),
        ("worse", "parity", "sample questions.jsonl:2", 'became "I do not know."'),
    ],
)
def test_each_difference_is_stopped_before_traffic_and_shown(
    jobs: dict[str, dict[str, Any]], version: str, gate: str, check: str, told: str
):
    job = jobs[version]

    assert job["state"] == "failed", job["result"]
    last = job["verdicts"][-1]
    assert (last["gate"], last["outcome"]) == (gate, "failed")
    [found] = [it for it in last["compared"] if it["name"] == check]
    assert found["state"] == "failed"
    assert told in found["words"]
    data = job["result"]["data"]
    assert told in data["diagnosis"]["message"]
    assert data["verdicts"] == job["verdicts"]


def test_the_traffic_stays_until_an_equal_version_comes(
    client: Client, jobs: dict[str, dict[str, Any]]
):
    first = {jobs["first"]["deployment"]: 100}
    equal = jobs["equal"]

    assert [jobs[it]["traffic"] for it in ("renamed", "retyped", "worse")] == [first] * 3
    assert equal["state"] == "succeeded", equal["result"]
    assert client.traffic("compared") == {equal["result"]["data"]["deployment"]: 100}
    contract, parity = equal["verdicts"]
    assert [it["name"] for it in contract["compared"] if it["state"] == "passed"] == [
        "inputs",
        "outputs",
        "answers",
        "errors",
    ]
    assert parity["words"] == "3 of 3 samples answered as before"
