"""A scoring script behind the URL of a flow: compared before it gets the flow's traffic."""

from pathlib import Path
from typing import Any

import pytest

from tests.e2e.client import Client, zipped

FLOW = """\
inputs:
  question: {type: string, default: one two three}
outputs:
  words: {type: int, reference: "${count.output}"}
nodes:
- name: count
  type: python
  source: {type: code, path: count.py}
  inputs: {question: "${inputs.question}"}
"""
COUNT = """\
from promptflow.core import tool


@tool
def count(question: str) -> int:
    return len(question.split())
"""
SCRIPT = """\
import json


def init():
    pass


def run(raw_data):
    question = json.loads(raw_data).get("question", "one two three")
    return {ANSWER}
"""
CONDA = """\
name: words
channels: [conda-forge]
dependencies:
- python=3.12
- pip
- pip: [azureml-inference-server-http]
"""
SAMPLE = "smoke_test: {input: {question: A b c d}}\n"


@pytest.fixture(scope="module")
def jobs(client: Client, tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    """A flow, and then scripts that differ from it and one that does not."""
    empty: Path = tmp_path_factory.mktemp("empty")
    flow = zipped(empty, flow__dag__yaml=FLOW, count__py=COUNT, deploy__yaml=SAMPLE)
    made = {"flow": client.ended(client.drop("moved.zip", flow))}
    versions = {
        "renamed": '"count": len(question.split())',
        "worse": '"words": len(question)',
        "equal": '"words": len(question.split())',
    }
    for name, answer in versions.items():
        script = SCRIPT.replace("ANSWER", answer)
        content = zipped(empty, score__py=script, conda__yaml=CONDA, deploy__yaml=SAMPLE)
        made[name] = client.ended(client.drop("moved.zip", content))
        made[name]["traffic"] = client.traffic("moved")
    return made


@pytest.mark.parametrize(
    ("version", "gate", "told"),
    [
        ("renamed", "contract", "'words' is not in the answer any more; there are count"),
        ("worse", "parity", "$.words: 4 became 7"),
    ],
)
def test_a_script_that_differs_gets_no_traffic(
    jobs: dict[str, dict[str, Any]], version: str, gate: str, told: str
):
    job = jobs[version]

    assert job["state"] == "failed", job["result"]
    assert (job["verdicts"][-1]["gate"], job["verdicts"][-1]["outcome"]) == (gate, "failed")
    assert told in job["result"]["data"]["diagnosis"]["message"]
    assert job["traffic"] == jobs["flow"]["result"]["data"]["traffic"]


def test_an_equal_script_takes_over_behind_the_same_url(
    client: Client, jobs: dict[str, dict[str, Any]]
):
    equal, flow = jobs["equal"]["result"]["data"], jobs["flow"]["result"]["data"]

    assert equal["outcome"] == "succeeded", equal
    assert [it["outcome"] for it in equal["verdicts"]] == ["passed", "passed"]
    assert equal["scoring_uri"] == flow["scoring_uri"]
    assert client.score("moved", {"question": "just two"}).json() == {"words": 2}


PRICED = """\
import json


def init():
    pass


def run(raw_data):
    frame = json.loads(raw_data)["input_data"]
    rows = [width * length for width, length in frame["data"]]
    return [{"area": it, ANSWER} for it in rows]
"""
FRAME = "{columns: [width, length], index: [0], data: [[12.5, 4.0]]}"


@pytest.fixture(scope="module")
def priced(
    client: Client, samples: Path, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, dict[str, Any]]:
    """Scripts, each replaced by the model of the samples: one answers as it does, one otherwise."""
    empty, made = tmp_path_factory.mktemp("none"), dict[str, dict[str, Any]]()
    sample = f"smoke_test: {{input: {{input_data: {FRAME}}}}}\n"
    model = zipped(samples / "mlflow" / "model", deploy__yaml=sample)
    for name, answer in {"dearer": '"price": it * 150.0', "same": '"price": it * 120.0'}.items():
        script = PRICED.replace("ANSWER", answer)
        content = zipped(empty, score__py=script, conda__yaml=CONDA, deploy__yaml=sample)
        assert client.ended(client.drop(f"{name}.zip", content))["state"] == "succeeded"
        made[name] = client.ended(client.drop(f"{name}.zip", model))
    return made


def test_a_model_of_mlflow_takes_over_from_a_script_that_answers_the_same(
    priced: dict[str, dict[str, Any]],
):
    same = priced["same"]["result"]["data"]
    assert same["outcome"] == "succeeded", same
    assert [it["outcome"] for it in same["verdicts"]] == ["passed", "passed"]


def test_a_model_of_mlflow_that_answers_otherwise_gets_no_traffic(
    priced: dict[str, dict[str, Any]],
):
    job = priced["dearer"]
    assert job["state"] == "failed", job["result"]
    assert (job["verdicts"][-1]["gate"], job["verdicts"][-1]["outcome"]) == ("parity", "failed")
    assert "7500.0 became 6000.0" in job["result"]["data"]["diagnosis"]["message"]
