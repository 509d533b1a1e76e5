"""Metrics through ARM: Azure Monitor's by resource, and Application Insights' by query.

Azure Monitor, 'Metrics - List'; Application Insights, 'Query - Execute' by resource.
"""

import json
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from itertools import groupby
from typing import Any

from shared.adapters.arm import Arm
from shared.adapters.workspace import ML
from shared.domain.azure.metrics import (
    CPU,
    FLOW_METRICS,
    FLOW_REQUESTS,
    REQUESTS,
    TOKENS,
    Component,
    Metric,
    Recorded,
    Series,
    total,
)
from shared.domain.failure import AzureFailure

MONITOR = "2024-02-01"
COMPONENT = "2020-02-02"
QUERY = "2018-04-20"
MOST_SERIES = 1000
_NAMESPACE = "Microsoft.MachineLearningServices/workspaces/onlineEndpoints"
_KEPT = frozenset({"endpoint", "deployment"}.union(*(one.dimensions for one in FLOW_METRICS)))


class ArmMetrics:
    """Reads metrics; writes nothing."""

    def __init__(self, arm: Arm, now: Callable[[], datetime]) -> None:
        self._arm = arm
        self._now = now

    def count_requests(self, endpoint_id: str, since: datetime) -> float | None:
        """One GET; if it finds nothing, one more and one per deployment.

        An endpoint whose metrics are not written looks as if it had no requests. So a count of 0 is
        returned only if another metric was written in that time.
        """
        try:
            until = self._now()
            series = self.platform_metrics(endpoint_id, (REQUESTS,), since, until)
            if series or self._is_measured(endpoint_id, since, until):
                return total(series)
        except AzureFailure:
            return None
        return None

    def platform_metrics(
        self, resource_id: str, metrics: Sequence[Metric], since: datetime, until: datetime
    ) -> tuple[Series, ...]:
        """One GET per set of dimensions."""
        return tuple(
            series
            for dimensions, same in groupby(metrics, key=lambda one: one.dimensions)
            for series in self._series(resource_id, dimensions, list(same), (since, until))
        )

    def component(self, component_id: str) -> Component | None:
        """One GET."""
        document = self._arm.find(component_id, COMPONENT)
        if document is None:
            return None
        opted = document["properties"].get("CustomMetricsOptedInType")
        return Component(component_id, with_dimensions=opted == "WithDimensions")

    def flow_metrics(
        self, component_id: str, endpoint: str, since: datetime, until: datetime
    ) -> tuple[Recorded, ...]:
        """One POST. A query returns dimensions even if the component has not opted in to them."""
        body = {"query": flow_query(endpoint), "timespan": _timespan(since, until)}
        answer = self._arm.call("POST", f"{component_id}/query", QUERY, body).json()
        rows = answer["tables"][0]["rows"]
        return tuple(_merged([_recorded(row) for row in rows]))

    def token_minutes(
        self, component_id: str, endpoint: str, since: datetime, until: datetime
    ) -> tuple[Series, ...]:
        """One POST."""
        body = {"query": token_query(endpoint), "timespan": _timespan(since, until)}
        answer = self._arm.call("POST", f"{component_id}/query", QUERY, body).json()
        found = defaultdict[tuple[str, str], list[tuple[datetime, float]]](list)
        for name, deployment, minute, value in answer["tables"][0]["rows"]:
            when = datetime.fromisoformat(str(minute))
            found[str(name).lower(), str(deployment).lower()].append((when, float(value)))
        return tuple(
            Series(name, {"deployment": deployment}, tuple(sorted(minutes)))
            for (name, deployment), minutes in found.items()
        )

    def _series(
        self,
        resource_id: str,
        dimensions: tuple[str, ...],
        metrics: list[Metric],
        period: tuple[datetime, datetime],
    ) -> Iterator[Series]:
        query = {
            "metricnames": ",".join(one.name for one in metrics),
            "timespan": _timespan(*period),
            "interval": "PT1M",
            "aggregation": "Average",
            "metricnamespace": _namespace(resource_id),
        }
        if dimensions:
            query["$filter"] = " and ".join(f"{one} eq '*'" for one in dimensions)
            query["top"] = str(MOST_SERIES)
        path = f"{resource_id}/providers/Microsoft.Insights/metrics"
        for found in self._arm.get(path, MONITOR, query).get("value") or ():
            for series in found.get("timeseries") or ():
                minutes = _minutes(series)
                if minutes:
                    yield Series(
                        _metric_name(found, metrics), _dimensions(series, dimensions), minutes
                    )

    def _is_measured(self, endpoint_id: str, since: datetime, until: datetime) -> bool:
        deployments = list(self._arm.pages(f"{endpoint_id}/deployments", ML))
        return not deployments or any(
            self.platform_metrics(one["id"], (CPU,), since, until) for one in deployments
        )


def flow_query(endpoint: str) -> str:
    """KQL for the metrics that the endpoint's flows recorded; one row per set of dimensions."""
    names = ", ".join(f"'{one.name}'" for one in FLOW_METRICS)
    return (
        "customMetrics\n"
        f"| where name in~ ({names})\n"
        f"| where tostring(customDimensions.endpoint) == '{endpoint}'\n"
        "| summarize count = sum(valueCount), total = sum(valueSum), least = min(valueMin), "
        "most = max(valueMax) by name, dimensions = tostring(customDimensions)"
    )


def token_query(endpoint: str) -> str:
    """KQL for the tokens and requests of the endpoint's flows, by deployment and minute."""
    return (
        "customMetrics\n"
        f"| where name in~ ('{TOKENS}', '{FLOW_REQUESTS}')\n"
        f"| where tostring(customDimensions.endpoint) == '{endpoint}'\n"
        "| summarize total = sum(valueSum) by name, "
        "deployment = tostring(customDimensions.deployment), minute = bin(timestamp, 1m)"
    )


def _namespace(resource_id: str) -> str:
    return f"{_NAMESPACE}/deployments" if "/deployments/" in resource_id else _NAMESPACE


def _timespan(since: datetime, until: datetime) -> str:
    """The period in ISO 8601 and UTC, with milliseconds, so that it includes the last second."""
    return "/".join(
        one.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        for one in (since, until)
    )


def _metric_name(found: Mapping[str, Any], metrics: list[Metric]) -> str:
    """The metric's name as requested; Azure Monitor may return it in another case."""
    name = str(found["name"]["value"])
    return next((one.name for one in metrics if one.name.lower() == name.lower()), name)


def _dimensions(series: Mapping[str, Any], names: tuple[str, ...]) -> dict[str, str]:
    """The dimensions of a series; Azure Monitor returns their names in lower case."""
    found = {one["name"]["value"].lower(): one["value"] for one in series.get("metadatavalues", ())}
    return {name: found[name.lower()] for name in names if name.lower() in found}


def _minutes(series: Mapping[str, Any]) -> tuple[tuple[datetime, float], ...]:
    return tuple(
        (datetime.fromisoformat(one["timeStamp"]), float(one["average"]))
        for one in series.get("data") or ()
        if one.get("average") is not None
    )


def _recorded(row: Sequence[Any]) -> Recorded:
    """Read a row of the query: `summarize` puts the groups first."""
    name, dimensions, count, total, least, most = row
    found = {key: str(value) for key, value in json.loads(dimensions or "{}").items()}
    kept = {key: found[key] for key in sorted(_KEPT & found.keys())}
    return Recorded(str(name).lower(), kept, float(count), float(total), float(least), float(most))


def _merged(rows: Sequence[Recorded]) -> Iterator[Recorded]:
    """Merge rows that differ only in dimensions that are not kept."""

    def key(one: Recorded) -> tuple[str, str]:
        return one.metric, json.dumps(one.dimensions)

    for _, same in groupby(sorted(rows, key=key), key=key):
        alike = list(same)
        yield Recorded(
            alike[0].metric,
            alike[0].dimensions,
            sum(one.count for one in alike),
            sum(one.total for one in alike),
            min(one.least for one in alike),
            max(one.most for one in alike),
        )
