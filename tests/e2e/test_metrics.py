"""Both metric families agree with the requests sent."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.client import Client, wait, zipped

INSIGHTS = "deployment:\n  app_insights_enabled: true\n"
COMPONENT = "2020-02-02"
SENT = 5
# A word is a token to the stand-in for OpenAI: of "You answer in one short paragraph." with
# "Are you there?", and of "Turn 1. You said: Are you there?".
PROMPT, COMPLETION = 9, 7


def metrics(client: Client, name: str) -> dict[str, Any]:
    answer = client.call("GET", f"endpoints/{name}/metrics", params={"minutes": "5"})
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def come_to(family: list[dict[str, Any]], name: str, **dimensions: str) -> float:
    """Return the sum of a metric over all figures with these dimensions."""
    (metric,) = (one for one in family if one["name"] == name)
    return float(
        sum(
            one["value"]
            for one in metric["figures"]
            if dimensions.items() <= one["dimensions"].items()
        )
    )


def agreed(client: Client, name: str, wanted: Mapping[str, float]) -> dict[str, Any]:
    """Wait until the flow's metrics have these figures (sent each second); return all metrics."""

    def look() -> dict[str, Any] | None:
        shown = metrics(client, name)
        family = shown["flow"]["metrics"]
        return shown if all(come_to(family, one) == it for one, it in wanted.items()) else None

    return wait(look, 300, lambda: f"{wanted}: {metrics(client, name)}", 0.5)


@pytest.fixture(scope="module", autouse=True)
def _deployed(client: Client, samples: Path) -> None:
    """Deploy both samples at once, with Application Insights."""
    own = (samples / "chat" / "deploy.yaml").read_text()
    chat = zipped(samples / "chat", deploy__yaml=own.replace("deployment:\n", INSIGHTS, 1))
    jobs = [
        client.drop("metered.zip", zipped(samples / "hello", deploy__yaml=INSIGHTS)),
        client.drop("metered-chat.zip", chat),
    ]
    outcomes = [client.outcome(job) for job in jobs]
    assert [one["outcome"] for one in outcomes] == ["succeeded", "succeeded"], outcomes


def test_requests_latencies_and_nodes_agree_with_what_was_sent(client: Client) -> None:
    before = metrics(client, "metered")["monitor"]["endpoint"]
    for number in range(SENT):
        assert client.score("metered", {"question": f"number {number}"}).status_code == 200
    refused = client.score("metered", {}, Authorization="Bearer nobody")
    assert refused.status_code == 401
    # The smoke tests were requests too.
    answered = come_to(before, "RequestsPerMinute", statusCode="200") + SENT
    shown = agreed(client, "metered", {"flow_request": answered, "node_request": 2 * answered})
    monitor, flow = shown["monitor"], shown["flow"]["metrics"]
    assert come_to(monitor["endpoint"], "RequestsPerMinute", statusCode="200") == answered
    assert come_to(monitor["endpoint"], "RequestsPerMinute", statusCode="401") == 1
    assert come_to(monitor["endpoint"], "RequestLatency_P99") > 0
    assert come_to(monitor["endpoint"], "NetworkBytes") > 0
    (deployment,) = monitor["deployments"]
    assert come_to(monitor["deployments"][deployment], "CpuMemoryUtilizationPercentage") > 0
    assert come_to(monitor["deployments"][deployment], "DeploymentCapacity") == 1
    assert come_to(flow, "flow_request", response_code="200", deployment=deployment) == answered
    assert come_to(flow, "flow_latency", deployment=deployment) > 0
    assert come_to(flow, "node_latency", node="count", run_status="Completed") > 0


def smoke_tested(client: Client) -> dict[str, float]:
    """The figures of the smoke tests alone."""
    found = metrics(client, "metered-chat")["monitor"]["endpoint"]
    return {"flow_request": come_to(found, "RequestsPerMinute", statusCode="200")}


def tokens(shown: dict[str, Any]) -> dict[str, float]:
    """Return the tokens of the node `chat`, by type."""
    return {
        kind: come_to(shown["flow"]["metrics"], "token_consumption", node="chat", token_type=kind)
        for kind in ("prompt_tokens", "completion_tokens", "total_tokens")
    }


def test_tokens_of_a_chat_agree_and_add_up_to_the_total(client: Client) -> None:
    before = agreed(client, "metered-chat", smoke_tested(client))
    body = {"question": "Are you there?"}
    for _ in range(SENT):
        assert client.score("metered-chat", body).status_code == 200
    earlier = tokens(before)
    asked = come_to(before["flow"]["metrics"], "flow_request")
    shown = agreed(client, "metered-chat", {"flow_request": asked + SENT})
    assert {kind: now - earlier[kind] for kind, now in tokens(shown).items()} == {
        "prompt_tokens": SENT * PROMPT,
        "completion_tokens": SENT * COMPLETION,
        "total_tokens": SENT * (PROMPT + COMPLETION),
    }
    assert come_to(shown["flow"]["metrics"], "rpc_request", node="chat") == asked + SENT
    assert come_to(shown["flow"]["metrics"], "rpc_latency", node="chat") > 0


def test_a_streamed_answer_has_first_byte_last_byte_and_duration(
    client: Client,
) -> None:
    body = {"question": "Are you there?"}
    streamed = client.score("metered-chat", body, Accept="text/event-stream")
    assert streamed.headers["content-type"].startswith("text/event-stream")

    def counted() -> dict[str, int]:
        family = metrics(client, "metered-chat")["flow"]["metrics"]
        return {
            one["name"]: sum(
                it["count"]
                for it in one["figures"]
                if it["dimensions"].get("response_type") != "default"
            )
            for one in family
            if one["name"] in ("flow_latency", "flow_streaming_response_duration")
        }

    # First byte, last byte and duration may arrive separately.
    wanted = {"flow_latency": 2, "flow_streaming_response_duration": 1}
    wait(lambda: counted() == wanted, 300, lambda: f"{wanted}: {counted()}", 0.5)
    assert counted() == wanted


def test_dimensions_in_azure_monitor_need_the_opt_in(client: Client) -> None:
    assert any("WithDimensions" in note for note in metrics(client, "metered")["notes"])
    component = client.arm("GET", client.workspace).json()["properties"]["applicationInsights"]
    asked = {"metricnames": "flow_request", "$filter": "flow eq '*'", "timespan": _ALWAYS}
    path = f"{component}/providers/Microsoft.Insights/metrics"
    assert client.arm("GET", path, "2024-02-01", params=asked).status_code == 400
    opted = {"properties": {"CustomMetricsOptedInType": "WithDimensions"}}
    assert client.arm("PATCH", component, COMPONENT, json=opted).status_code == 200
    assert client.arm("GET", path, "2024-02-01", params=asked).status_code == 200
    assert metrics(client, "metered")["notes"] == []


_ALWAYS = "2026-01-01T00:00:00Z/2026-01-01T00:05:00Z"
