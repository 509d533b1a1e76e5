"""Summarise the values of metrics over a period, for people. Pure."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from shared.domain.azure.metrics import FLOW_METRICS, Metric, Recorded, Series

TOTAL_TOKENS = "total_tokens"


def summarise_monitored(
    metrics: Iterable[Metric], series: Iterable[Series]
) -> list[dict[str, Any]]:
    """Return each Azure Monitor metric with one figure per series, if it has any."""
    found = list(series)
    return [
        _shown(one, [_figure(one, each) for each in found if each.metric == one.name])
        for one in metrics
    ]


def summarise_recorded(recorded: Iterable[Recorded]) -> list[dict[str, Any]]:
    """Return each of the flow's metrics with its figures; tokens also as their total."""
    found = with_total_tokens(recorded)
    return [
        _shown(one, [_recorded_figure(one, each) for each in found if each.metric == one.name])
        for one in FLOW_METRICS
    ]


def with_total_tokens(recorded: Iterable[Recorded]) -> list[Recorded]:
    """Add the sum of prompt and completion tokens, which the runtime does not record."""
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
    summaries = {
        "sum": sum(values),
        "mean": sum(values) / len(values),
        "highest": max(values),
        "last": values[-1],
    }
    return {
        "dimensions": dict(series.dimensions),
        "value": summaries[metric.summing],
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
