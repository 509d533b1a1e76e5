"""What a call asks of the metrics API.

With the grain of a minute, and filters of the form `name eq 'value' and ...`, where `'*'` tells
the values apart.
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
class Asked:
    """Metrics, period (seconds since 1970), aggregations, and dimensions in lower case."""

    names: list[str]
    since: float
    until: float
    aggregations: list[str]
    filter: Mapping[str, str]


def read(call: Call, newest: float) -> Asked:
    """What the query string says; nothing after `newest` is there yet.

    Raises:
        ArmError: 400, it cannot be understood.
    """
    if call.query.get("interval", "PT1M") != "PT1M":
        raise bad("The emulator has the interval PT1M only.")
    names = [name for name in call.query.get("metricnames", "").split(",") if name]
    wanted = [one.lower() for one in call.query.get("aggregation", "Average").split(",")]
    if unknown := set(wanted).difference(_AGGREGATIONS):
        raise bad(f"There is no aggregation {', '.join(sorted(unknown))}.")
    since, until = timespan(call.query.get("timespan", ""))
    if not names or len(names) > MOST_NAMES:
        raise bad("Say 1 to 20 metricnames.")
    # A period begins with a whole minute, as the points do.
    since = since // MINUTE * MINUTE
    return Asked(names, since, min(until, newest), wanted, _filter(call.query.get("$filter", "")))


def timespan(said: str) -> tuple[float, float]:
    """Begin and end of `2026-01-01T00:00:00Z/2026-01-01T01:00:00Z`, in seconds since 1970.

    Raises:
        ArmError: it is something else.
    """
    try:
        begin, end = (datetime.fromisoformat(one).timestamp() for one in said.split("/"))
    except ValueError as error:
        raise bad(f"The timespan '{said}' is not two times with a slash between.") from error
    if begin >= end:
        raise bad(f"The timespan '{said}' ends before it begins.")
    return begin, end


def _filter(said: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for clause in re.split(r"\s+and\s+", said) if said else ():
        match = _CLAUSE.fullmatch(clause)
        if match is None:
            raise bad(f"The emulator does not know the filter '{clause}'.")
        found[match[1].lower()] = match[2]
    return found


def bad(message: str) -> ArmError:
    """What Azure Monitor says of a query that it cannot answer."""
    return ArmError(400, "BadRequest", message)
