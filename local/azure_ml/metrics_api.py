"""Azure Monitor's metrics of a resource: 'Metrics - List', api-version 2024-02-01."""

import math
from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime

from local.azure_ml import clock
from local.azure_ml.components import COMPONENT_ID, Components
from local.azure_ml.errors import not_found
from local.azure_ml.exchange import Answer, Call, Json
from local.azure_ml.metrics_asked import MetricsQuery, bad_request, parse_query
from local.azure_ml.metrics_points import DEPLOYMENT, ENDPOINT, MINUTE, Kind, Point, custom_point
from local.azure_ml.metrics_store import MetricsStore
from local.azure_ml.routing import Route
from local.azure_ml.settings import Settings
from local.azure_ml.store import Store

NAMESPACE = "Microsoft.MachineLearningServices/workspaces/onlineEndpoints"
DEPLOYMENTS = f"{NAMESPACE}/deployments"


class MetricsApi:
    """Answers from the metrics store, without values younger than the lag."""

    def __init__(
        self, store: Store, measured: MetricsStore, components: Components, settings: Settings
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
        query = parse_query(call, clock.seconds() - self._settings.metrics_lag_seconds)
        if resource.lower() == COMPONENT_ID.lower():
            value = [self._custom(name, query) for name in query.names]
        else:
            known, subject, namespace = self._metrics_of(resource)
            namespace_asked = call.query.get("metricnamespace", namespace)
            if namespace_asked.lower() != namespace.lower():
                raise bad_request(
                    f"The resource has no metrics in the namespace '{namespace_asked}'."
                )
            value = [
                self._metric(resource, name, _kind(known, name), subject, query)
                for name in query.names
            ]
        return Answer(
            {
                "cost": 0,
                "timespan": f"{_iso(query.since)}/{_iso(query.until)}",
                "interval": "PT1M",
                "value": value,
                "namespace": call.query.get("metricnamespace", NAMESPACE),
            }
        )

    def _metrics_of(self, resource: str) -> tuple[Mapping[str, Kind], str, str]:
        """Return a resource's metrics, its key in the metrics store, and their namespace."""
        if self._store.get("endpoint", resource):
            return ENDPOINT, resource.rsplit("/", 1)[-1], NAMESPACE
        if self._store.get("deployment", resource):
            return DEPLOYMENT, resource, DEPLOYMENTS
        raise not_found(resource)

    def _metric(
        self, resource: str, name: str, kind: Kind, subject: str, query: MetricsQuery
    ) -> Json:
        unknown = query.filter.keys() - {one.lower() for one in kind.dimensions}
        if unknown:
            raise bad_request(f"The metric {name} has no dimension {', '.join(sorted(unknown))}.")
        points = kind.points(self._measured, subject, query.since, query.until)
        return _metric_answer(resource, name, kind.unit, list(points), query)

    def _custom(self, name: str, query: MetricsQuery) -> Json:
        opted = self._components.with_dimensions
        if query.filter and not opted:
            raise bad_request(
                "Custom metrics of this component have no dimensions: it is not opted in to them "
                "(CustomMetricsOptedInType)."
            )
        found = self._measured.custom_metrics(query.since, query.until)
        same = [one for one in found if one.name.lower() == name.lower()]
        points = [custom_point(one, with_dimensions=opted) for one in same]
        return _metric_answer(COMPONENT_ID, name, "Unspecified", points, query)


def _kind(known: Mapping[str, Kind], name: str) -> Kind:
    found = next((kind for one, kind in known.items() if one.lower() == name.lower()), None)
    if found is None:
        raise bad_request(
            f"Failed to find metric configuration for metric: {name}. Valid metrics: "
            f"{','.join(known)}"
        )
    return found


def _metric_answer(
    resource: str, name: str, unit: str, points: list[Point], query: MetricsQuery
) -> Json:
    series: defaultdict[tuple[str, ...], list[Point]] = defaultdict(list)
    for point in points:
        dimensions = {key.lower(): value for key, value in point.dimensions.items()}
        values = tuple(dimensions.get(key, "") for key in query.filter)
        if all(want in ("*", has) for has, want in zip(values, query.filter.values(), strict=True)):
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
                    for key, value in zip(query.filter, values, strict=True)
                ],
                "data": list(_minutes(alike, query)),
            }
            for values, alike in sorted(series.items())
        ],
    }


def _minutes(points: list[Point], query: MetricsQuery) -> Iterator[Json]:
    """Yield every minute of the period; one without points has only its time."""
    by_minute: defaultdict[int, list[Point]] = defaultdict(list)
    for point in points:
        by_minute[point.minute].append(point)
    for minute in range(int(query.since), math.ceil(query.until), MINUTE):
        alike = by_minute.get(minute)
        values = _aggregate(alike) if alike else {}
        chosen = {key: value for key, value in values.items() if key in query.aggregations}
        yield {"timeStamp": _iso(minute), **chosen}


def _aggregate(alike: list[Point]) -> dict[str, float]:
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
