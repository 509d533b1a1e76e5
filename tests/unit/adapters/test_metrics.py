"""Scripted answers of Azure Monitor and Application Insights."""

from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlparse

from shared.adapters.metrics import ArmMetrics
from shared.domain.azure.metrics import CPU, DEPLOYMENT_METRICS, REQUESTS, Recorded
from tests.unit.adapters.test_arm import Script, arm

NOW = datetime(2026, 1, 1, 12, 0, 30, 500_000, tzinfo=UTC)
HOUR = NOW - timedelta(hours=1)
ENDPOINT = "/subscriptions/s/onlineEndpoints/one"
NOTHING: tuple[int, Any] = (200, {"value": []})


def series(name: str, *values: float | None, **dimensions: str) -> dict[str, object]:
    """A metric as Azure Monitor returns it, with dimension names in lower case."""
    told = [{"name": {"value": key.lower()}, "value": it} for key, it in dimensions.items()]
    times = (f"2026-01-01T11:{minute:02d}:00Z" for minute in range(60))
    data = [
        {"timeStamp": time} if value is None else {"timeStamp": time, "average": value}
        for time, value in zip(times, values, strict=False)
    ]
    return {"name": {"value": name}, "timeseries": [{"metadatavalues": told, "data": data}]}


def metrics(script: Script) -> ArmMetrics:
    return ArmMetrics(arm(script), lambda: NOW)


def test_requests_are_summed_over_all_minutes_and_dimensions() -> None:
    found = series("RequestsPerMinute", 2, None, 3, deployment="blue", statusCode="200")
    script = Script((200, {"value": [found]}))
    assert metrics(script).count_requests(ENDPOINT, HOUR) == 5
    query = parse_qs(urlparse(str(script.asked[0].url)).query)
    asked = query["$filter"][0].split(" and ")
    assert asked == [f"{dimension} eq '*'" for dimension in REQUESTS.dimensions]
    assert query["timespan"] == ["2026-01-01T11:00:30.500Z/2026-01-01T12:00:30.500Z"]
    assert (query["interval"], query["aggregation"]) == (["PT1M"], ["Average"])


def test_zero_requests_are_trusted_only_if_another_metric_has_data() -> None:
    deployments = (200, {"value": [{"id": f"{ENDPOINT}/deployments/blue"}]})
    measured = (200, {"value": [series(CPU.name, 7.0, instanceId="i")]})
    assert metrics(Script(NOTHING, deployments, measured)).count_requests(ENDPOINT, HOUR) == 0
    assert metrics(Script(NOTHING, deployments, NOTHING)).count_requests(ENDPOINT, HOUR) is None


def test_a_refused_metrics_query_gives_no_count() -> None:
    assert metrics(Script((403, {"error": {"code": "No"}}))).count_requests(ENDPOINT, HOUR) is None


def test_dimensions_keep_their_own_names_and_empty_series_are_dropped() -> None:
    value = [
        series("requestsperminute", 1, deployment="blue", statusCode="200"),
        series("requestsperminute", None, deployment="green", statusCode="200"),
    ]
    (found,) = metrics(Script((200, {"value": value}))).platform_metrics(
        ENDPOINT, (REQUESTS,), HOUR, NOW
    )
    assert found.metric == "RequestsPerMinute"
    assert found.dimensions == {"deployment": "blue", "statusCode": "200"}


def test_metrics_of_the_same_dimensions_share_a_call_in_the_deployments_namespace() -> None:
    script = Script(NOTHING, NOTHING)
    deployment = f"{ENDPOINT}/deployments/blue"
    metrics(script).platform_metrics(deployment, DEPLOYMENT_METRICS, HOUR, NOW)
    queries = [parse_qs(urlparse(str(one.url)).query) for one in script.asked]
    assert [len(one["metricnames"][0].split(",")) for one in queries] == [6, 1]
    assert "$filter" not in queries[1]
    assert all(one["metricnamespace"][0].endswith("/deployments") for one in queries)


def test_rows_that_differ_only_in_internal_dimensions_are_merged() -> None:
    rows = [
        ["Flow_Latency", '{"flow": "f", "_MS.AggregationIntervalMs": "1"}', 2, 30.0, 10.0, 20.0],
        ["flow_latency", '{"_MS.AggregationIntervalMs": "2", "flow": "f"}', 1, 5.0, 5.0, 5.0],
    ]
    script = Script((200, {"tables": [{"rows": rows}]}))
    assert metrics(script).flow_metrics("/components/c", "one", HOUR, NOW) == (
        Recorded("flow_latency", {"flow": "f"}, 3, 35, 5, 20),
    )


def test_tokens_come_by_deployment_and_minute() -> None:
    rows = [
        ["Token_Consumption", "Blue", "2026-01-01T00:01:00Z", 42.0],
        ["token_consumption", "blue", "2026-01-01T00:00:00Z", 40.0],
        ["flow_request", "blue", "2026-01-01T00:00:00Z", 2.0],
    ]
    script = Script((200, {"tables": [{"rows": rows}]}))

    tokens, requests = metrics(script).token_minutes("/components/c", "one", HOUR, NOW)

    assert tokens.dimensions == requests.dimensions == {"deployment": "blue"}
    assert [value for _, value in tokens.minutes] == [40.0, 42.0]
    assert requests.metric == "flow_request"
