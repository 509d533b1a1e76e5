"""What is sent for an endpoint or a deployment, flat, so that two senders can be compared."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final

from pydantic import TypeAdapter

type Sent = dict[str, Any]
"""By dotted path; durations in seconds, all other scalars as the text that Azure keeps."""

_DURATION: Final = TypeAdapter(timedelta)
_DURATIONS = ("requestTimeout", "maxQueueWait", "initialDelay", "period", "timeout")


def flat(value: Any, path: str = "") -> Sent:
    """Leaves of a body by path; nulls and empty maps are the same as nothing."""
    if isinstance(value, Mapping):
        found = [flat(each, f"{path}.{key}" if path else str(key)) for key, each in value.items()]
        return {key: leaf for each in found for key, leaf in each.items()}
    if value is None:
        return {}
    if path.rpartition(".")[2] in _DURATIONS:
        return {path: _DURATION.validate_python(value).total_seconds()}
    if isinstance(value, list):
        return {path: [str(each) for each in value]}
    return {path: value if isinstance(value, bool | float | int) else str(value)}
