"""Flat request bodies of endpoints and deployments, so that two senders can be compared."""

import re
from collections.abc import Mapping
from typing import Any, Final

type Sent = dict[str, Any]
"""By dotted path; durations in seconds, all other scalars as the text that Azure keeps."""

_PART: Final = re.compile(r"([0-9.]+)([DHMS])")
_UNITS: Final = {"D": 86_400, "H": 3_600, "M": 60, "S": 1}
_DURATIONS = ("requestTimeout", "maxQueueWait", "initialDelay", "period", "timeout")


def flat(value: Any, path: str = "") -> Sent:
    """Return the leaves of a body by path, without nulls and empty maps."""
    if isinstance(value, Mapping):
        found = [flat(each, f"{path}.{key}" if path else str(key)) for key, each in value.items()]
        return {key: leaf for each in found for key, leaf in each.items()}
    if value is None:
        return {}
    if path.rpartition(".")[2] in _DURATIONS:
        return {path: _seconds(value)}
    if isinstance(value, list):
        return {path: [str(each) for each in value]}
    return {path: value if isinstance(value, bool | float | int) else str(value)}


def _seconds(duration: str) -> float:
    """ISO 8601, from days to seconds, of any size: P1DT1M is a day and a minute."""
    assert re.fullmatch(r"P([0-9]+D)?(T([0-9]+H)?([0-9]+M)?([0-9.]+S)?)?", duration), duration
    return sum(float(number) * _UNITS[unit] for number, unit in _PART.findall(duration))
