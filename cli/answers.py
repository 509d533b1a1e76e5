"""Expected shapes of HTTP answers."""

from datetime import datetime
from typing import Any, Final

from cli.shapes import Maybe, Shape, find_mismatch


def _is_time(value: Any) -> bool:
    try:
        return bool(datetime.fromisoformat(value))
    except (TypeError, ValueError):
        return False


def _has_links(value: Any) -> bool:
    """Return whether these are links of an endpoint; a deleted one has none."""
    return value == {} or find_mismatch(value, {"studio": str, "metrics": str}) is None


_AMOUNT: Final[Shape] = Maybe(lambda it: isinstance(it, int | float))
_DEPLOYMENT: Final[Shape] = {
    "name": str,
    "state": object,
    "traffic": object,
    "instance_count": object,
    "instance_type": object,
}
HEALTH: Final[Shape] = {"status": str, "sign_in": Maybe(str)}
ENDPOINTS: Final[Shape] = {
    "endpoints": [
        {
            "name": str,
            "state": str,
            "made_by_sluice": bool,
            "traffic": {},
            "hold": Maybe({"at": str}),
        }
    ]
}
RETIREMENT: Final[Shape] = {
    "retires_on": str,
    "days_left": int,
    "checked": int,
    "deployments": [
        {
            "endpoint": str,
            "deployment": str,
            "traffic": int,
            "runs": str,
            "image": Maybe(str),
            "environment": str,
            "owner": Maybe(str),
            "made_by_sluice": bool,
            "remedy": str,
        }
    ],
}
ENDPOINT: Final[Shape] = {
    "name": str,
    "state": str,
    "links": _has_links,
    "hold": Maybe({"at": str}),
    "jobs": Maybe([{"job": str, "state": str}]),
    "drift": [{"what": object, "asked": object, "found": object}],
    "roles": Maybe({"missing": Maybe([{"role": str, "command": str}])}),
    "deployments": [_DEPLOYMENT],
    "revisions": [{"digest": str, "at": str, "job": Maybe(str), "deployment": Maybe(str)}],
}
_FINDING: Final[Shape] = {"file": str, "cause": str, "remedy": str, "severity": str}
_RESULT: Final[Shape] = {
    "outcome": str,
    "traffic": Maybe({}),
    "links": Maybe({}),
    "findings": Maybe([_FINDING]),
    "diagnosis": Maybe({}),
    "decision": Maybe({"kind": str, "by": str, "effect": str}),
    "removed": Maybe([{"kind": str, "name": str}]),
    "warnings": Maybe([str]),
}
_STEP: Final[Shape] = {
    "title": str,
    "state": str,
    "started": Maybe(_is_time),
    "ended": Maybe(_is_time),
}
JOB: Final[Shape] = {
    "job": Maybe(str),
    "state": Maybe(str),
    "accepted": Maybe(str),
    "decisions": Maybe([{"kind": str, "at": str, "by": str, "reason": Maybe(str)}]),
    "verdicts": Maybe(
        [
            {
                "gate": Maybe(str),
                "stage": object,
                "percent": object,
                "outcome": str,
                "words": str,
                "compared": Maybe([{"name": str, "state": str, "words": str}]),
            }
        ]
    ),
    "steps": [_STEP],
    "phase": Maybe({"text": str, "usual": Maybe(str)}),
    "result": Maybe({"time": Maybe(_is_time), "data": _RESULT}),
}
PLAN: Final[Shape] = {
    "outcome": str,
    "endpoint": Maybe(str),
    "deployment": Maybe(str),
    "digest": Maybe(str),
    "steps": [{"title": str, "writes": bool, "optional": bool}],
    "differences": [{"what": str, "now": object, "then": object}],
    "quota": Maybe({"family": str, "needed": int, "used": int, "freed": int, "limit": Maybe(int)}),
    "warnings": [str],
    "findings": [_FINDING],
    "cost": Maybe(
        {
            "now": _AMOUNT,
            "during": _AMOUNT,
            "then": _AMOUNT,
            "unknown": [str],
            "currency": str,
            "date": str,
            "source": str,
        }
    ),
}
JOBS: Final[Shape] = {
    "jobs": [
        {"job": str, "state": str, "endpoint": Maybe(str), "source": str, "accepted": Maybe(str)}
    ],
    "before": Maybe(str),
}
CONSUME: Final[Shape] = {
    "scoring_uri": Maybe(str),
    "swagger_uri": Maybe(str),
    "credential": {"auth_mode": str, "command": str, "note": str},
    "sample_request": object,
    "samples": {"curl": str, "python": str, "csharp": str, "javascript": str},
}
_METRICS: Final[Shape] = [
    {"name": str, "unit": str, "summing": str, "figures": [{"dimensions": {}, "value": _AMOUNT}]}
]


def _are_metrics(value: Any) -> bool:
    """Return whether these are the metrics of deployments, by name."""
    return isinstance(value, dict) and all(
        find_mismatch(it, _METRICS) is None for it in value.values()
    )


METRICS: Final[Shape] = {
    "endpoint": str,
    "since": str,
    "until": str,
    "monitor": {"endpoint": _METRICS, "deployments": _are_metrics},
    "flow": {"metrics": _METRICS},
    "notes": [str],
}
DEAD_LETTERS: Final[Shape] = {
    "dead_letters": [
        {
            "queue": str,
            "id": str,
            "enqueued": Maybe(str),
            "reason": Maybe(str),
            "description": Maybe(str),
            "body": str,
        }
    ]
}
SETTLED: Final[Shape] = {"act": str, "at": str, "job": Maybe(str)}
DOCTOR: Final[Shape] = {
    "checks": [{"area": str, "name": str, "state": str, "detail": str, "command": str}],
    "uses": Maybe(
        {
            "account": str,
            "container": str,
            "namespace": str,
            "queues": {"requests": str, "results": str, "changes": str},
        }
    ),
}
ACCEPTED: Final[Shape] = {"job": str}
RESUMED: Final[Shape] = {"endpoint": str, "job": Maybe(str)}
SCORING: Final[Shape] = {
    "properties": {"scoringUri": Maybe(str), "swaggerUri": Maybe(str), "authMode": str}
}
ENDPOINT_NAMES: Final[Shape] = {"value": [{"name": str}]}
KEYS: Final[Shape] = {"primaryKey": str}
TOKEN: Final[Shape] = {"accessToken": str}
