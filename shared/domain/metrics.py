"""What can be measured of an endpoint: names, units, dimensions, and what figures come to. Pure.

Two families. Azure Monitor's are of every managed online endpoint and its deployments (Microsoft
Learn, 'Supported metrics for Microsoft.MachineLearningServices/workspaces/onlineEndpoints'). The
flow's own are what the prompt flow runtime records in the workspace's Application Insights ('Deploy
a flow for real-time inference', 'View prompt flow endpoints specific metrics').
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Literal

type Summing = Literal["sum", "mean", "highest", "last"]


@dataclass(frozen=True)
class Metric:
    """A metric, and what a period of it comes to.

    Attributes:
        name: as its source names it.
        unit: what its values count.
        summing: the `sum` of the minutes, their `mean`, the `highest` or the `last` of them.
        dimensions: by what its figures can be told apart.
    """

    name: str
    unit: str
    summing: Summing = "mean"
    dimensions: tuple[str, ...] = ()


@dataclass(frozen=True)
class Series:
    """The minutes of one metric for one combination of its dimensions; those without are out."""

    metric: str
    dimensions: Mapping[str, str]
    minutes: tuple[tuple[datetime, float], ...]


@dataclass(frozen=True)
class Recorded:
    """What flows recorded of one metric in a period, for one combination of its dimensions."""

    metric: str
    dimensions: Mapping[str, str]
    count: float
    total: float
    least: float
    most: float


@dataclass(frozen=True)
class Component:
    """An Application Insights component, by ARM id.

    `with_dimensions`: whether its own metrics pages tell dimensions apart; it must be opted in.
    """

    id: str
    with_dimensions: bool


def total(series: Iterable[Series]) -> float:
    """All minutes of all series together."""
    return sum(value for one in series for _, value in one.minutes)


_ENDPOINT = ("deployment",)
_PERCENTILES = ("_P50", "_P90", "_P95", "_P99")

REQUESTS = Metric(
    "RequestsPerMinute",
    "Count",
    "sum",
    ("deployment", "statusCode", "statusCodeClass", "modelStatusCode"),
)
ENDPOINT_METRICS = (
    REQUESTS,
    Metric("RequestLatency", "Milliseconds", "mean", _ENDPOINT),
    *(
        Metric(f"RequestLatency{which}", "Milliseconds", "highest", _ENDPOINT)
        for which in _PERCENTILES
    ),
    Metric("NetworkBytes", "BytesPerSecond"),
    Metric("ConnectionsActive", "Count"),
    Metric("NewConnectionsPerSecond", "CountPerSecond"),
)
"""A mean of minutes weighs each minute alike; of a percentile only the worst minute says much."""

_INSTANCE = ("instanceId",)
CPU = Metric("CpuUtilizationPercentage", "Percent", "mean", _INSTANCE)
DEPLOYMENT_METRICS = (
    CPU,
    Metric("CpuMemoryUtilizationPercentage", "Percent", "mean", _INSTANCE),
    Metric("GpuUtilizationPercentage", "Percent", "mean", _INSTANCE),
    Metric("GpuMemoryUtilizationPercentage", "Percent", "mean", _INSTANCE),
    Metric("GpuEnergyJoules", "Count", "sum", _INSTANCE),
    Metric("DiskUtilization", "Percent", "highest", _INSTANCE),
    Metric("DeploymentCapacity", "Count", "last"),
)

TOTAL_TOKENS = "total_tokens"
FLOW_METRICS = (
    Metric("token_consumption", "Count", "sum", ("flow", "node", "llm_engine", "token_type")),
    Metric(
        "flow_latency",
        "Milliseconds",
        "mean",
        ("flow", "response_code", "streaming", "response_type"),
    ),
    Metric("flow_request", "Count", "sum", ("flow", "response_code", "exception", "streaming")),
    Metric("node_latency", "Milliseconds", "mean", ("flow", "node", "run_status")),
    Metric("node_request", "Count", "sum", ("flow", "node", "exception", "run_status")),
    Metric("rpc_latency", "Milliseconds", "mean", ("flow", "node", "api_call")),
    Metric("rpc_request", "Count", "sum", ("flow", "node", "api_call", "exception")),
    Metric("flow_streaming_response_duration", "Milliseconds", "mean", ("flow",)),
)
"""Each also has the dimensions endpoint and deployment."""


def monitored_shown(metrics: Iterable[Metric], series: Iterable[Series]) -> list[dict[str, Any]]:
    """Each metric with what its series come to; one that nothing was seen of has no figures."""
    found = list(series)
    return [
        _shown(one, [_figure(one, each) for each in found if each.metric == one.name])
        for one in metrics
    ]


def recorded_shown(recorded: Iterable[Recorded]) -> list[dict[str, Any]]:
    """Each of the flow's metrics with its figures; tokens also as their total."""
    found = with_total_tokens(recorded)
    return [
        _shown(one, [_recorded_figure(one, each) for each in found if each.metric == one.name])
        for one in FLOW_METRICS
    ]


def with_total_tokens(recorded: Iterable[Recorded]) -> list[Recorded]:
    """The runtime records prompt and completion tokens only: their total is their sum."""
    kept = [one for one in recorded if one.dimensions.get("token_type") != TOTAL_TOKENS]
    totals: dict[tuple[tuple[str, str], ...], Recorded] = {}
    for one in kept:
        if one.metric == "token_consumption":
            named = {**one.dimensions, "token_type": TOTAL_TOKENS}
            key = tuple(sorted(named.items()))
            so_far = totals.get(key) or replace(one, dimensions=named, total=0.0)
            totals[key] = replace(so_far, total=so_far.total + one.total)
    return [*kept, *totals.values()]


def _shown(metric: Metric, figures: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "name": metric.name,
        "unit": metric.unit,
        "summing": metric.summing,
        "dimensions": list(metric.dimensions),
        "figures": figures,
    }


def _figure(metric: Metric, series: Series) -> dict[str, Any]:
    values = [value for _, value in sorted(series.minutes)]
    come_to = {
        "sum": sum(values),
        "mean": sum(values) / len(values),
        "highest": max(values),
        "last": values[-1],
    }
    return {
        "dimensions": dict(series.dimensions),
        "value": come_to[metric.summing],
        "highest": max(values),
        "minutes": len(values),
    }


def _recorded_figure(metric: Metric, one: Recorded) -> dict[str, Any]:
    if metric.summing == "sum":
        return {"dimensions": dict(one.dimensions), "value": one.total}
    return {
        "dimensions": dict(one.dimensions),
        "value": one.total / one.count if one.count else 0.0,
        "count": one.count,
        "least": one.least,
        "most": one.most,
    }
