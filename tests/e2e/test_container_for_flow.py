"""A container behind the URL of a flow: an Agent Framework workflow answers as the flow did."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.client import Client, zipped
from tests.e2e.streamed_flow import STREAMED, STREAMING

QUESTIONS = """\
{"question": "Hello"}
{"question": "Who, if anyone, dug the first canal?"}
"""
DEPLOY = """\
smoke_test: {input: {question: A b c d}}
comparison: {samples: questions.jsonl}
"""
AT_ONCE = """\
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route


async def health(_request: Request) -> Response:
    return PlainTextResponse("ready")


async def score(request: Request) -> Response:
    question = (await request.json()).get("question", "How many words?")
    return JSONResponse({"answer": "".join(question.split())})


app = Starlette(routes=[Route("/health", health), Route("/score", score, methods=["POST"])])
"""
CHANGES = {
    "renamed": ('{"answer": text', '{"reply": text'),
    "retyped": ('"words": counted["words"]}', '"words": str(counted["words"])}'),
    "worse": ('"words": len(words)', '"words": min(len(words), 5)'),
    "equal": ("", ""),
}


@pytest.fixture(scope="module")
def jobs(client: Client, samples: Path) -> dict[str, dict[str, Any]]:
    """A flow, and then containers that differ from it and one that does not."""
    workflow = (samples / "agent-container" / "workflow.py").read_text()

    def follow(name: str) -> dict[str, dict[str, Any]]:
        made = {"flow": client.ended(client.drop(name, zipped(samples / "hello")))}
        for version, (before, after) in CHANGES.items():
            assert before in workflow
            content = zipped(
                samples / "agent-container",
                workflow__py=workflow.replace(before, after) if before else workflow,
                deploy__yaml=DEPLOY,
                questions__jsonl=QUESTIONS,
            )
            made[version] = client.ended(client.drop(name, content))
            made[version]["traffic"] = client.traffic("agent")
        return made

    def lose_stream(name: str) -> dict[str, dict[str, Any]]:
        flow = zipped(samples / "hello", flow__dag__yaml=STREAMED, count__py=STREAMING)
        client.deploy(name, flow)
        content = zipped(
            samples / "container",
            app__py=AT_ONCE,
            deploy__yaml=DEPLOY,
            questions__jsonl=QUESTIONS,
        )
        return {"at once": client.ended(client.drop(name, content))}

    with ThreadPoolExecutor() as pool:
        one, other = pool.submit(follow, "agent.zip"), pool.submit(lose_stream, "at-once.zip")
        return {**one.result(), **other.result()}


@pytest.mark.parametrize(
    ("version", "gate", "told"),
    [
        ("renamed", "contract", "'answer' is not in the answer any more; there are reply, words"),
        ("retyped", "contract", "now of type string"),
        ("at once", "contract", "the old deployment streams"),
        ("worse", "parity", "has 5 words and 27 letters"),
    ],
)
def test_a_container_that_differs_gets_no_traffic(
    jobs: dict[str, dict[str, Any]], version: str, gate: str, told: str
):
    job = jobs[version]

    assert job["state"] == "failed", job["result"]
    assert (job["verdicts"][-1]["gate"], job["verdicts"][-1]["outcome"]) == (gate, "failed")
    assert told in job["result"]["data"]["diagnosis"]["message"]
    if "traffic" in job:
        assert job["traffic"] == jobs["flow"]["result"]["data"]["traffic"]


def test_an_equal_workflow_takes_over_behind_the_same_url(
    client: Client, jobs: dict[str, dict[str, Any]]
):
    equal, flow = jobs["equal"]["result"]["data"], jobs["flow"]["result"]["data"]

    assert equal["outcome"] == "succeeded", equal
    assert [it["outcome"] for it in equal["verdicts"]] == ["passed", "passed"]
    assert equal["scoring_uri"] == flow["scoring_uri"]
    assert client.score("agent", {"question": "just two"}).json()["words"] == 2


def test_a_path_that_the_flows_callers_do_not_ask_is_refused(
    client: Client, samples: Path, jobs: dict[str, dict[str, Any]]
):
    before = client.traffic("agent")
    routes = (samples / "agent-container" / "deployment.yaml").read_text()
    content = zipped(
        samples / "agent-container",
        deployment__yaml=routes.replace("path: /score", "path: /invocations"),
        deploy__yaml=DEPLOY,
        questions__jsonl=QUESTIONS,
    )

    result = client.outcome(client.drop("agent.zip", content))

    assert jobs["equal"]["state"] == "succeeded"
    assert result["outcome"] == "rejected", result
    assert "Callers ask /score" in result["findings"][0]["cause"]
    assert client.traffic("agent") == before
