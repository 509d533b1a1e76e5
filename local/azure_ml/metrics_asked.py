"""Parser of calls to the metrics API.

Supports a granularity of one minute, and filters of the form `name eq 'value' and ...`, where
`'*'` splits the result by value.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from local.azure_ml.errors import ArmError
from local.azure_ml.exchange import Call
from local.azure_ml.metrics_points import MINUTE

MOST_NAMES = 20
_AGGREGATIONS = frozenset({"average", "total", "count", "minimum", "maximum"})
_CLAUSE = re.compile(r"\s*([\w.]+)\s+eq\s+'([^']*)'\s*", re.IGNORECASE)


@dataclass(frozen=True)
class MetricsQuery:
    """Metrics, period (seconds since 1970), aggregations, and filter by dimension (lower case)."""

    names: list[str]
    since: float
    until: float
    aggregations: list[str]
    filter: Mapping[str, str]


def parse_query(call: Call, newest: float) -> MetricsQuery:
    """Parse the query string; the period ends at `newest` at the latest.

    Raises:
        ArmError: 400, the query is not valid or not supported.
    """
    if call.query.get("interval", "PT1M") != "PT1M":
        raise bad_request("The emulator supports the interval PT1M only.")
    names = [name for name in call.query.get("metricnames", "").split(",") if name]
    wanted = [one.lower() for one in call.query.get("aggregation", "Average").split(",")]
    if unknown := set(wanted).difference(_AGGREGATIONS):
        raise bad_request(f"There is no aggregation {', '.join(sorted(unknown))}.")
    since, until = timespan(call.query.get("timespan", ""))
    if not names or len(names) > MOST_NAMES:
        raise bad_request("Give 1 to 20 metricnames.")
    # A period begins at a whole minute, like the points.
    since = since // MINUTE * MINUTE
    return MetricsQuery(
        names, since, min(until, newest), wanted, _filter(call.query.get("$filter", ""))
    )


def timespan(text: str) -> tuple[float, float]:
    """Parse `2026-01-01T00:00:00Z/2026-01-01T01:00:00Z` into seconds since 1970.

    Raises:
        ArmError: 400, the text has another form.
    """
    try:
        begin, end = (datetime.fromisoformat(one).timestamp() for one in text.split("/"))
    except ValueError as error:
        raise bad_request(
            f"The timespan '{text}' is not two times separated by a slash."
        ) from error
    if begin >= end:
        raise bad_request(f"The timespan '{text}' ends before it begins.")
    return begin, end


def _filter(text: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for clause in re.split(r"\s+and\s+", text) if text else ():
        match = _CLAUSE.fullmatch(clause)
        if match is None:
            raise bad_request(f"The emulator does not support the filter '{clause}'.")
        found[match[1].lower()] = match[2]
    return found


def bad_request(message: str) -> ArmError:
    """Azure Monitor's answer to a query that is not valid."""
    return ArmError(400, "BadRequest", message)
