"""Azure Monitor's metrics of a resource: 'Metrics - List', api-version 2024-02-01."""

import math
from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime

from local.azure_ml import clock
from local.azure_ml.components import COMPONENT_ID, Components
from local.azure_ml.errors import not_found
from local.azure_ml.exchange import Answer, Call, Json
from local.azure_ml.metrics_asked import Asked, bad, read
from local.azure_ml.metrics_points import DEPLOYMENT, ENDPOINT, MINUTE, Kind, Point, custom_point
from local.azure_ml.metrics_store import Measured
from local.azure_ml.routing import Route
from local.azure_ml.settings import Settings
from local.azure_ml.store import Store

NAMESPACE = "Microsoft.MachineLearningServices/workspaces/onlineEndpoints"
DEPLOYMENTS = f"{NAMESPACE}/deployments"


class MetricsApi:
    """Answers from what was measured; what is younger than the lag is not there yet."""

    def __init__(
        self, store: Store, measured: Measured, components: Components, settings: Settings
    ) -> None:
        self._store = store
        self._measured = measured
        self._components = components
        self._settings = settings

    def routes(self) -> Iterator[Route]:
        pattern = "{scope}/providers/Microsoft.Insights/metrics"
        yield Route("GET", pattern, "Microsoft.Insights/metrics/read", self._list)

    def _list(self, call: Call) -> Answer:
        resource = call.parts["scope"]
        asked = read(call, clock.seconds() - self._settings.metrics_lag_seconds)
        if resource.lower() == COMPONENT_ID.lower():
            value = [self._custom(name, asked) for name in asked.names]
        else:
            known, subject, namespace = self._place(resource)
            said = call.query.get("metricnamespace", namespace)
            if said.lower() != namespace.lower():
                raise bad(f"The resource has no metrics in the namespace '{said}'.")
            value = [
                self._metric(resource, name, _kind(known, name), subject, asked)
                for name in asked.names
            ]
        return Answer(
            {
                "cost": 0,
                "timespan": f"{_iso(asked.since)}/{_iso(asked.until)}",
                "interval": "PT1M",
                "value": value,
                "namespace": call.query.get("metricnamespace", NAMESPACE),
            }
        )

    def _place(self, resource: str) -> tuple[Mapping[str, Kind], str, str]:
        """The metrics of a resource, whose they are in what was measured, and their namespace."""
        if self._store.get("endpoint", resource):
            return ENDPOINT, resource.rsplit("/", 1)[-1], NAMESPACE
        if self._store.get("deployment", resource):
            return DEPLOYMENT, resource, DEPLOYMENTS
        raise not_found(resource)

    def _metric(self, resource: str, name: str, kind: Kind, subject: str, asked: Asked) -> Json:
        unknown = asked.filter.keys() - {one.lower() for one in kind.dimensions}
        if unknown:
            raise bad(f"The metric {name} has no dimension {', '.join(sorted(unknown))}.")
        points = kind.points(self._measured, subject, asked.since, asked.until)
        return _shown(resource, name, kind.unit, list(points), asked)

    def _custom(self, name: str, asked: Asked) -> Json:
        opted = self._components.with_dimensions
        if asked.filter and not opted:
            raise bad(
                "Custom metrics of this component have no dimensions: it is not opted in to them "
                "(CustomMetricsOptedInType)."
            )
        found = self._measured.records(asked.since, asked.until)
        same = [one for one in found if one.name.lower() == name.lower()]
        points = [custom_point(one, with_dimensions=opted) for one in same]
        return _shown(COMPONENT_ID, name, "Unspecified", points, asked)


def _kind(known: Mapping[str, Kind], name: str) -> Kind:
    found = next((kind for one, kind in known.items() if one.lower() == name.lower()), None)
    if found is None:
        raise bad(
            f"Failed to find metric configuration for metric: {name}. Valid metrics: "
            f"{','.join(known)}"
        )
    return found


def _shown(resource: str, name: str, unit: str, points: list[Point], asked: Asked) -> Json:
    series: defaultdict[tuple[str, ...], list[Point]] = defaultdict(list)
    for point in points:
        told = {key.lower(): value for key, value in point.dimensions.items()}
        values = tuple(told.get(key, "") for key in asked.filter)
        if all(want in ("*", has) for has, want in zip(values, asked.filter.values(), strict=True)):
            series[values].append(point)
    return {
        "id": f"{resource}/providers/Microsoft.Insights/metrics/{name}",
        "type": "Microsoft.Insights/metrics",
        "name": {"value": name, "localizedValue": name},
        "unit": unit,
        "errorCode": "Success",
        "timeseries": [
            {
                "metadatavalues": [
                    {"name": {"value": key, "localizedValue": key}, "value": value}
                    for key, value in zip(asked.filter, values, strict=True)
                ],
                "data": list(_minutes(alike, asked)),
            }
            for values, alike in sorted(series.items())
        ],
    }


def _minutes(points: list[Point], asked: Asked) -> Iterator[Json]:
    """Every minute of the period; one without a point has its time alone."""
    by_minute: defaultdict[int, list[Point]] = defaultdict(list)
    for point in points:
        by_minute[point.minute].append(point)
    for minute in range(int(asked.since), math.ceil(asked.until), MINUTE):
        alike = by_minute.get(minute)
        came_to = _come_to(alike) if alike else {}
        chosen = {key: value for key, value in came_to.items() if key in asked.aggregations}
        yield {"timeStamp": _iso(minute), **chosen}


def _come_to(alike: list[Point]) -> dict[str, float]:
    count, total = sum(one.count for one in alike), sum(one.total for one in alike)
    return {
        "average": total / count,
        "total": total,
        "count": count,
        "minimum": min(one.least for one in alike),
        "maximum": max(one.most for one in alike),
    }


def _iso(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
