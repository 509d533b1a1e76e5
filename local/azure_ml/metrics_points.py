"""Turns measurements into points of a metric: one per minute and combination of dimensions.

Names, units and dimensions: Microsoft Learn, 'Supported metrics for
Microsoft.MachineLearningServices/workspaces/onlineEndpoints' and '.../deployments'.
"""

import json
import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from local.azure_ml.metrics_store import CustomMetric, MetricsStore, ProcessSample, RequestRecord

MINUTE = 60
_FRONT = ("deployment",)
_REQUEST = ("deployment", "statusCode", "statusCodeClass", "modelStatusCode")
_INSTANCE = ("instanceId",)


@dataclass(frozen=True)
class Point:
    """The aggregated value of one minute, for one combination of dimensions."""

    minute: int
    dimensions: Mapping[str, str]
    count: float
    total: float
    least: float
    most: float


@dataclass(frozen=True)
class Kind:
    """A metric: its unit, its dimensions, and how to compute its points."""

    unit: str
    dimensions: tuple[str, ...]
    points: Callable[[MetricsStore, str, float, float], Iterator[Point]]


def _requests(measured: MetricsStore, endpoint: str, since: float, until: float) -> Iterator[Point]:
    alike: defaultdict[tuple[int, str, int, str], int] = defaultdict(int)
    for one in measured.requests(endpoint, since, until):
        alike[_minute(one.at), one.deployment, one.status, one.model_status] += 1
    for (minute, deployment, status, model), count in alike.items():
        values = (deployment, str(status), f"{status // 100}xx", model)
        yield _one(minute, dict(zip(_REQUEST, values, strict=True)), count)


def _latency(combine: Callable[[list[float]], float]) -> Kind:
    def points(
        measured: MetricsStore, endpoint: str, since: float, until: float
    ) -> Iterator[Point]:
        alike: defaultdict[tuple[int, str], list[float]] = defaultdict(list)
        for one in measured.requests(endpoint, since, until):
            alike[_minute(one.at), one.deployment].append(one.seconds * 1000)
        for (minute, deployment), values in alike.items():
            yield _one(minute, {"deployment": deployment}, combine(values))

    return Kind("Milliseconds", _FRONT, points)


def _percentile(part: float) -> Kind:
    """Percentile by nearest rank."""
    return _latency(lambda values: sorted(values)[max(0, math.ceil(part * len(values)) - 1)])


def _front(unit: str, combine: Callable[[list[RequestRecord]], float]) -> Kind:
    def points(
        measured: MetricsStore, endpoint: str, since: float, until: float
    ) -> Iterator[Point]:
        for minute, alike in _by_minute(measured.requests(endpoint, since, until)).items():
            yield _one(minute, {}, combine(alike))

    return Kind(unit, (), points)


def _process(unit: str, value: Callable[[ProcessSample], float]) -> Kind:
    def points(
        measured: MetricsStore, deployment: str, since: float, until: float
    ) -> Iterator[Point]:
        instance = {"instanceId": f"{deployment.rsplit('/', 1)[-1]}-0"}
        for minute, alike in _by_minute(measured.samples(deployment, since, until)).items():
            values = [value(one) for one in alike]
            yield Point(minute, instance, len(values), math.fsum(values), min(values), max(values))

    return Kind(unit, _INSTANCE, points)


ENDPOINT = {
    "RequestsPerMinute": Kind("Count", _REQUEST, _requests),
    "RequestLatency": _latency(lambda values: math.fsum(values) / len(values)),
    "RequestLatency_P50": _percentile(0.50),
    "RequestLatency_P90": _percentile(0.90),
    "RequestLatency_P95": _percentile(0.95),
    "RequestLatency_P99": _percentile(0.99),
    "NetworkBytes": _front("BytesPerSecond", lambda alike: sum(it.bytes for it in alike) / MINUTE),
    "ConnectionsActive": _front(
        "Count", lambda alike: len({it.connection for it in alike if it.connection})
    ),
    "NewConnectionsPerSecond": _front(
        "CountPerSecond", lambda alike: sum(it.fresh for it in alike) / MINUTE
    ),
}


def _none(_: MetricsStore, __: str, ___: float, ____: float) -> Iterator[Point]:
    """Return no points: no local machine has a GPU for flows."""
    return iter(())


DEPLOYMENT = {
    "CpuUtilizationPercentage": _process("Percent", lambda one: one.cpu),
    "CpuMemoryUtilizationPercentage": _process("Percent", lambda one: one.memory),
    "GpuUtilizationPercentage": Kind("Percent", _INSTANCE, _none),
    "GpuMemoryUtilizationPercentage": Kind("Percent", _INSTANCE, _none),
    "GpuEnergyJoules": Kind("Count", _INSTANCE, _none),
    "DiskUtilization": _process("Percent", lambda one: one.disk),
    "DeploymentCapacity": _process("Count", lambda one: one.instances),
}


def custom_point(one: CustomMetric, *, with_dimensions: bool) -> Point:
    """Turn a custom metric into a point; dimensions are kept only if opted in."""
    dimensions = json.loads(one.dimensions) if with_dimensions else {}
    return Point(_minute(one.at), dimensions, one.count, one.total, one.least, one.most)


def _one(minute: int, dimensions: Mapping[str, str], value: float) -> Point:
    return Point(minute, dimensions, 1, value, value, value)


def _by_minute[T: (RequestRecord, ProcessSample)](found: Iterable[T]) -> dict[int, list[T]]:
    alike: defaultdict[int, list[T]] = defaultdict(list)
    for one in found:
        alike[_minute(one.at)].append(one)
    return alike


def _minute(at: float) -> int:
    return int(at) // MINUTE * MINUTE
