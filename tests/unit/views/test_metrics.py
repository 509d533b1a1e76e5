"""The view of metrics, on the fakes."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from shared.domain.access.roles import METRICS_WRITER
from shared.domain.azure.endpoint import DeploymentSpec, EndpointSpec, Identity
from shared.domain.azure.metrics import Component, Recorded, Series
from shared.domain.errors import Rejected
from shared.domain.failure import Denied
from shared.domain.identifiers.names import EndpointName
from shared.steps.views.metrics import read_metrics
from tests.fakes.inventory import FACTS
from tests.fakes.world import World, make_world

MINUTE = datetime(2026, 1, 1, 12, 0, tzinfo=UTC)
INSIGHTS = "/subscriptions/s/components/insights"
USER = Identity("UserAssigned", "/ids/me", "principal-of-me", "client")


def world(
    *, insights: bool = True, opted_in: bool = True, identity: Identity | None = None
) -> World:
    facts = replace(FACTS, application_insights_id=INSIGHTS)
    there = make_world(workspace={"facts": facts, "polls": 0, "identities": [USER]})
    there.metrics.components[INSIGHTS] = Component(INSIGHTS, with_dimensions=opted_in)
    there.workspace.there.models.add(("m", "1"))
    there.workspace.there.environments.add(("e", "1"))
    there.workspace.put_endpoint(EndpointSpec("hello", identity=identity or Identity()), new=True)
    model, environment = "/models/m/versions/1", "/environments/e/versions/1"
    spec = DeploymentSpec(
        "blue", model, environment, "Standard_DS3_v2", app_insights_enabled=insights
    )
    there.workspace.put_deployment("hello", spec)
    return there


def view_metrics(there: World, minutes: str | None = None) -> dict[str, Any]:
    found = read_metrics(there.ports, EndpointName("hello"), minutes)
    assert found is not None
    return found


def figures(family: list[dict[str, Any]], name: str) -> list[dict[str, Any]]:
    return next(one["figures"] for one in family if one["name"] == name)


def test_minutes_are_summarised_as_sum_mean_or_highest() -> None:
    there = world()
    endpoint = there.workspace.endpoint("hello")
    assert endpoint is not None
    later = MINUTE.replace(minute=1)
    there.metrics.series[endpoint.id] = tuple(
        Series(name, {"deployment": "blue"}, ((MINUTE, 4.0), (later, 2.0)))
        for name in ("RequestsPerMinute", "RequestLatency", "RequestLatency_P99")
    )
    family = view_metrics(there)["monitor"]["endpoint"]
    by_name = {name: figures(family, name)[0]["value"] for name in _NAMES}
    assert by_name == {"RequestsPerMinute": 6, "RequestLatency": 3, "RequestLatency_P99": 4}
    assert figures(family, "NetworkBytes") == []
    assert next(one for one in family if one["name"] == "RequestLatency")["unit"] == "Milliseconds"


_NAMES = ("RequestsPerMinute", "RequestLatency", "RequestLatency_P99")


def test_total_tokens_are_prompt_plus_completion_and_counted_once() -> None:
    there = world()
    there.metrics.flows["hello"] = tuple(
        Recorded("token_consumption", {"node": "llm", "token_type": kind}, 1, tokens, 1, 1)
        for kind, tokens in (("prompt_tokens", 30), ("completion_tokens", 12), ("total_tokens", 9))
    )
    tokens = figures(view_metrics(there)["flow"]["metrics"], "token_consumption")
    assert {one["dimensions"]["token_type"]: one["value"] for one in tokens} == {
        "prompt_tokens": 30,
        "completion_tokens": 12,
        "total_tokens": 42,
    }


def test_a_latency_of_the_flow_has_its_mean_and_bounds() -> None:
    there = world()
    there.metrics.flows["hello"] = (Recorded("flow_latency", {"flow": "f"}, 4, 100, 10, 50),)
    assert figures(view_metrics(there)["flow"]["metrics"], "flow_latency") == [
        {"dimensions": {"flow": "f"}, "value": 25, "count": 4, "least": 10, "most": 50}
    ]


def test_all_eight_metrics_of_the_article_have_their_dimensions() -> None:
    family = view_metrics(world())["flow"]["metrics"]
    assert {one["name"]: set(one["dimensions"]) for one in family} == {
        "token_consumption": {"flow", "node", "llm_engine", "token_type"},
        "flow_latency": {"flow", "response_code", "streaming", "response_type"},
        "flow_request": {"flow", "response_code", "exception", "streaming"},
        "node_latency": {"flow", "node", "run_status"},
        "node_request": {"flow", "node", "exception", "run_status"},
        "rpc_latency": {"flow", "node", "api_call"},
        "rpc_request": {"flow", "node", "api_call", "exception"},
        "flow_streaming_response_duration": {"flow"},
    }


def test_complete_metrics_have_no_notes() -> None:
    assert view_metrics(world())["notes"] == []


def test_a_deployment_without_application_insights_is_named_with_the_setting() -> None:
    (note,) = view_metrics(world(insights=False))["notes"]
    assert "'blue'" in note
    assert "app_insights_enabled: true" in note


def test_dimensions_not_opted_in_are_noted_with_the_command() -> None:
    (note,) = view_metrics(world(opted_in=False))["notes"]
    assert f"--ids {INSIGHTS}" in note
    assert "CustomMetricsOptedInType=WithDimensions" in note


def test_a_workspace_without_application_insights_is_noted() -> None:
    there = world()
    del there.metrics.components[INSIGHTS]
    answer = view_metrics(there)
    assert answer["flow"]["metrics"] == []
    assert "has no Application Insights" in answer["notes"][0]


def test_a_missing_metrics_writer_role_is_noted_with_the_command() -> None:
    there = world(identity=USER)
    (note,) = view_metrics(there)["notes"]
    assert METRICS_WRITER.name in note
    assert "--assignee-object-id principal-of-me" in note
    there.roles.give(there.ports.workspace_id, METRICS_WRITER.id, "principal-of-me")
    assert view_metrics(there)["notes"] == []


@pytest.mark.parametrize(
    ("call", "said"), [("platform_metrics", "read metrics"), ("flow_metrics", "query")]
)
def test_unreadable_metrics_are_noted_and_the_rest_is_shown(call: str, said: str) -> None:
    there = world()
    there.metrics.fail(call, Denied("AuthorizationFailed", "No.", status=403), times=9)
    (note,) = view_metrics(there)["notes"]
    assert said in note
    assert "Monitoring Reader" in note


@pytest.mark.parametrize("said", ["0", "-5", "soon", "43201"])
def test_an_invalid_number_of_minutes_is_refused(said: str) -> None:
    with pytest.raises(Rejected, match="minutes"):
        view_metrics(world(), said)


def test_a_missing_endpoint_has_no_metrics() -> None:
    assert read_metrics(make_world().ports, EndpointName("nobody"), None) is None
