"""The result: what a job came to, as a CloudEvent (CloudEvents 1.0, structured JSON)."""

import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Literal

from shared.domain.job import DeployRequest, summary
from shared.domain.release import DEFAULT_IMAGE, Release

Outcome = Literal["succeeded", "unchanged", "rejected", "failed", "rolled back", "superseded"]
OUTCOMES: frozenset[str] = frozenset(
    {"succeeded", "unchanged", "rejected", "failed", "rolled back", "superseded"}
)


def message_id(job: str) -> str:
    """The message id of a job's result: derived, so that the queue sees a second send as such."""
    return str(uuid.uuid5(uuid.NAMESPACE_URL, f"sluice:result:{job}"))


def cloud_event(job: str, *, workspace_id: str, at: str, data: Mapping[str, Any]) -> dict[str, Any]:
    """The envelope. `at`: ISO 8601; `data`: what `result_data` gives."""
    return {
        "specversion": "1.0",
        "id": message_id(job),
        "source": workspace_id,
        "type": "sluice.deployment." + str(data["outcome"]).replace(" ", "-"),
        "subject": data["endpoint"],
        "time": at,
        "datacontenttype": "application/json",
        "data": dict(data),
    }


def result_data(
    request: DeployRequest,
    release: Release | None,
    *,
    outcome: str,
    scoring_uri: str | None,
    traffic: Mapping[str, int],
    steps: Sequence[Mapping[str, Any]],
    ending: Mapping[str, Any],
) -> dict[str, Any]:
    """What is told of a job's end.

    Args:
        request: what was asked.
        release: what it meant; None where it never came so far.
        outcome: how it ended.
        scoring_uri: the endpoint's, None while there is none.
        traffic: what the endpoint's traffic is now.
        steps: the timeline's rows.
        ending: what the orchestrator knows: `deployment`, `roles`, `diagnosis`, `findings`,
            `warnings`, `by` (the newer job).
    """
    name = release.endpoint.name if release is not None else ""
    return {
        "job": request.job,
        "outcome": outcome,
        "endpoint": name,
        "deployment": ending.get("deployment") if traffic else None,
        "digest": release.digest if release is not None else None,
        "scoring_uri": scoring_uri,
        "credential": _credential(name) if scoring_uri else None,
        "sample_request": dict(release.smoke_test.input) if release is not None else None,
        "traffic": dict(traffic),
        "roles": list(ending.get("roles", ())),
        "timings": {str(it["title"]): _seconds(it) for it in steps if it.get("ended")},
        "warnings": [*_warnings(release, outcome), *ending.get("warnings", ())],
        "diagnosis": ending.get("diagnosis"),
        "findings": list(ending.get("findings", ())),
        "superseded_by": ending.get("by"),
        "source": summary(request).source,
        "door": request.door,
        "accepted": request.accepted,
    }


def _credential(endpoint: str) -> str:
    return f"az ml online-endpoint get-credentials --name {endpoint}"


def _warnings(release: Release | None, outcome: str) -> list[str]:
    if release is None or outcome not in {"succeeded", "unchanged"}:
        return list(release.warnings) if release is not None else []
    found = list(release.warnings)
    count = release.deployment.instance_count or 1
    if count < 3:
        found.append(
            f"{count} instance{'s' if count > 1 else ''}: high availability needs 3 or more"
        )
    if release.environment.image == DEFAULT_IMAGE:
        found.append(
            "The prompt flow runtime image gets no updates and is retired on 2027-04-20: name an "
            "image of your own in flow.dag.yaml"
        )
    return found


def _seconds(row: Mapping[str, Any]) -> float:
    started = datetime.fromisoformat(row["started"])
    return round((datetime.fromisoformat(row["ended"]) - started).total_seconds(), 3)
