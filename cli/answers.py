"""Which shape an answer must have: what is read of it afterwards is there."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

type Shape = Needed | Maybe
type Needed = type | Mapping[str, Shape] | list[Shape] | Callable[[Any], bool]

_ABSENT: Final = object()


@dataclass(frozen=True)
class Maybe:
    """It may be absent, or null."""

    shape: Shape


def misfit(value: Any, shape: Shape, place: str = "") -> str | None:
    """Where a value is not of that shape, and what is there instead; None where it fits."""
    if isinstance(shape, Maybe):
        return None if value in (None, _ABSENT) else misfit(value, shape.shape, place)
    if value is _ABSENT:
        return f"{place} is missing"
    if not _is(value, shape):
        return f"{place or 'it'} is {_kind(value)}"
    below = f"{place}." if place else ""
    wrong = (misfit(each, inner, f"{below}{name}") for name, each, inner in _parts(value, shape))
    return next((it for it in wrong if it is not None), None)


def _is(value: Any, shape: Needed) -> bool:
    if isinstance(shape, list | Mapping):
        return isinstance(value, list if isinstance(shape, list) else dict)
    return isinstance(value, shape) if isinstance(shape, type) else bool(shape(value))


def _parts(value: Any, shape: Needed) -> Iterator[tuple[str, Any, Shape]]:
    if isinstance(shape, list):
        yield from ((str(index), each, shape[0]) for index, each in enumerate(value))
    elif isinstance(shape, Mapping):
        yield from ((name, value.get(name, _ABSENT), inner) for name, inner in shape.items())


def _kind(value: Any) -> str:
    kinds = {dict: "a mapping", list: "a list", type(None): "null"}
    return kinds.get(type(value)) or repr(value)[:60]


def _time(value: Any) -> bool:
    try:
        return bool(datetime.fromisoformat(value))
    except (TypeError, ValueError):
        return False


def _links(value: Any) -> bool:
    """Those of an endpoint; what is gone has none."""
    return value == {} or misfit(value, {"studio": str, "metrics": str}) is None


_DEPLOYMENT: Final[Shape] = {
    "name": str,
    "state": object,
    "traffic": object,
    "instance_count": object,
    "instance_type": object,
}
ENDPOINTS: Final[Shape] = {
    "endpoints": [{"name": str, "state": str, "made_by_sluice": bool, "traffic": {}}]
}
ENDPOINT: Final[Shape] = {
    "name": str,
    "state": str,
    "links": _links,
    "drift": [{"what": object, "asked": object, "found": object}],
    "roles": Maybe({"missing": Maybe([{"role": str, "command": str}])}),
    "deployments": [_DEPLOYMENT],
    "revisions": [{"digest": str, "at": str}],
}
_FINDING: Final[Shape] = {"file": str, "cause": str, "remedy": str, "severity": str}
_RESULT: Final[Shape] = {
    "outcome": str,
    "traffic": Maybe({}),
    "links": Maybe({}),
    "findings": Maybe([_FINDING]),
    "diagnosis": Maybe({}),
    "removed": Maybe([{"kind": str, "name": str}]),
    "warnings": Maybe([str]),
}
_STEP: Final[Shape] = {"title": str, "state": str, "started": Maybe(_time), "ended": Maybe(_time)}
JOB: Final[Shape] = {
    "steps": [_STEP],
    "phase": Maybe({"text": str, "usual": Maybe(str)}),
    "result": Maybe({"data": _RESULT}),
}
JOBS: Final[Shape] = {"jobs": [{"job": str}]}
ACCEPTED: Final[Shape] = {"job": str}
SCORING: Final[Shape] = {"properties": {"scoringUri": Maybe(str), "authMode": str}}
KEYS: Final[Shape] = {"primaryKey": str}
TOKEN: Final[Shape] = {"accessToken": str}
