"""The event that an endpoint differs from its last release (CloudEvents 1.0, structured JSON)."""

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from typing import Any

from shared.domain.planning.drift import Drift
from shared.domain.requests.request import content_hash

TYPE = "sluice.endpoint.drifted"


def drift_hash(found: Iterable[Drift]) -> str:
    """Return a hash of the differences, whatever their order."""
    return content_hash(sorted(content_hash(asdict(it)) for it in found))


def drift_event(
    endpoint: str,
    last: Mapping[str, Any],
    found: Iterable[Drift],
    *,
    workspace_id: str,
    since: str,
    repair: str | None,
) -> dict[str, Any]:
    """Make the event; the same differences since the same time, and their repair, have one id.

    Args:
        endpoint: its name.
        last: the ledger's last release.
        found: the differences.
        workspace_id: ARM id of the workspace.
        since: when they were first seen, ISO 8601.
        repair: the job that puts the release back, if the policy asks for one.
    """
    found = tuple(found)
    name = f"sluice:drift:{endpoint}:{drift_hash(found)}:{since}:{repair or ''}"
    return {
        "specversion": "1.0",
        "id": str(uuid.uuid5(uuid.NAMESPACE_URL, name)),
        "source": workspace_id,
        "type": TYPE,
        "subject": endpoint,
        "time": since,
        "datacontenttype": "application/json",
        "data": {
            "endpoint": endpoint,
            "release": {key: last[key] for key in ("job", "deployment", "digest")},
            "differences": [asdict(it) for it in found],
            "since": since,
            "repair": repair,
        },
    }
