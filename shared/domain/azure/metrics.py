"""The metrics of an endpoint: names, units, dimensions. Pure.

There are two families. Azure Monitor has metrics of every managed online endpoint and its
deployments (Microsoft Learn, 'Supported metrics for
Microsoft.MachineLearningServices/workspaces/onlineEndpoints'). The prompt flow runtime records the
flow's own metrics in the workspace's Application Insights ('Deploy a flow for real-time inference',
'View prompt flow endpoints specific metrics').
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

type Summing = Literal["sum", "mean", "highest", "last"]


@dataclass(frozen=True)
class Metric:
    """A metric, and how its values over a period are summarised.

    Attributes:
        name: its name in Azure Monitor or the runtime.
        unit: unit of its values.
        summing: the `sum` of the minutes, their `mean`, the `highest` or the `last` of them.
        dimensions: the dimensions by which its figures are split.
    """

    name: str
    unit: str
    summing: Summing = "mean"
    dimensions: tuple[str, ...] = ()


@dataclass(frozen=True)
class Series:
    """Values by minute of a metric, for one combination of dimensions, without empty minutes."""

    metric: str
    dimensions: Mapping[str, str]
    minutes: tuple[tuple[datetime, float], ...]


@dataclass(frozen=True)
class Recorded:
    """What flows recorded for one metric and combination of dimensions over a period."""

    metric: str
    dimensions: Mapping[str, str]
    count: float
    total: float
    least: float
    most: float


@dataclass(frozen=True)
class Component:
    """An Application Insights component, by ARM id.

    `with_dimensions`: it keeps custom metric dimensions, for which somebody must opt in.
    """

    id: str
    with_dimensions: bool


def total(series: Iterable[Series]) -> float:
    """Sum all minutes of all series."""
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
"""A mean weighs each minute alike. Percentiles cannot be averaged: the worst minute counts."""

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

TOKENS, FLOW_REQUESTS = "token_consumption", "flow_request"
FLOW_METRICS = (
    Metric(TOKENS, "Count", "sum", ("flow", "node", "llm_engine", "token_type")),
    Metric(
        "flow_latency",
        "Milliseconds",
        "mean",
        ("flow", "response_code", "streaming", "response_type"),
    ),
    Metric(FLOW_REQUESTS, "Count", "sum", ("flow", "response_code", "exception", "streaming")),
    Metric("node_latency", "Milliseconds", "mean", ("flow", "node", "run_status")),
    Metric("node_request", "Count", "sum", ("flow", "node", "exception", "run_status")),
    Metric("rpc_latency", "Milliseconds", "mean", ("flow", "node", "api_call")),
    Metric("rpc_request", "Count", "sum", ("flow", "node", "api_call", "exception")),
    Metric("flow_streaming_response_duration", "Milliseconds", "mean", ("flow",)),
)
"""Each also has the dimensions endpoint and deployment."""
