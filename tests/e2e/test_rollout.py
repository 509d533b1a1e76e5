"""Canaries of a good and a bad version, on real processes and the stack's own metrics.

Azure Monitor has values by the minute, so a stage takes some two minutes, mostly of waiting; both
run at once.
"""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.client import Client, zipped

CANARY = "rollout: {strategy: canary, bake: PT10S, samples_per_minute: 60}\n"
FAILS = """\
from promptflow.core import tool

_calls = []


@tool
def answer(counted: dict) -> str:
    _calls.append(counted)
    if len(_calls) % 3 == 0:
        raise ValueError("every third call fails")
    return counted["slug"]
"""


@pytest.fixture(scope="module")
def ended(client: Client, samples: Path) -> dict[str, dict[str, Any]]:
    """The results of a good and of a bad version, each with the deployment before it."""

    def roll_out(name: str, **files: str) -> dict[str, Any]:
        before = client.deploy(f"{name}.zip", zipped(samples / "hello"))
        after = client.deploy(
            f"{name}.zip", zipped(samples / "hello", deploy__yaml=CANARY, **files)
        )
        return {**after, "before": before["deployment"]}

    with ThreadPoolExecutor() as pool:
        good = pool.submit(roll_out, "canary-good", new__txt="good")
        bad = pool.submit(roll_out, "canary-bad", answer__py=FAILS)
        return {"good": good.result(), "bad": bad.result()}


def test_a_good_version_serves_after_its_stage(client: Client, ended: dict[str, dict[str, Any]]):
    good = ended["good"]

    assert good["outcome"] == "succeeded", good
    assert client.traffic("canary-good") == {good["deployment"]: 100}
    [verdict] = good["verdicts"]
    assert verdict["outcome"] == "passed"
    assert verdict["percent"] == 10
    assert verdict["figures"]["samples"]["new"]["requests"] >= 69


def test_a_bad_version_is_sent_back_and_kept_for_inspection(
    client: Client, ended: dict[str, dict[str, Any]]
):
    bad = ended["bad"]

    assert bad["outcome"] == "rolled back", bad
    assert client.traffic("canary-bad") == {bad["before"]: 100}
    assert bad["diagnosis"]["case"] == "A rollout's gate failed"
    [verdict] = bad["verdicts"]
    assert "errors of" in verdict["words"]
    kept = {it["name"] for it in client.deployments("canary-bad")}
    assert kept == {bad["before"], verdict["deployment"]}


def test_what_was_sent_back_is_rejected_when_it_is_dropped_again(
    client: Client, samples: Path, ended: dict[str, dict[str, Any]]
):
    again = client.deploy(
        "canary-bad.zip",
        zipped(samples / "hello", deploy__yaml=CANARY, answer__py=FAILS),
    )

    assert again["outcome"] == "rejected"
    assert again["digest"] is None
    [finding] = again["findings"]
    assert ended["bad"]["job"] in finding["cause"]
