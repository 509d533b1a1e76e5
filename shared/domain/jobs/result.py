"""The result of a job, as a CloudEvent (CloudEvents 1.0, structured JSON)."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any, Literal, get_args

from shared.domain.azure.consume import describe_credential, samples, shorten_images, swagger_url
from shared.domain.azure.links import endpoint_links
from shared.domain.jobs.ending import Ending
from shared.domain.release.release import Release
from shared.domain.requests.request import DeployRequest, summary
from shared.domain.requests.source import RemovalSource

Outcome = Literal[
    "succeeded", "unchanged", "rejected", "failed", "rolled back", "superseded", "canceled"
]
OUTCOMES: frozenset[str] = frozenset(get_args(Outcome))
WELL: frozenset[str] = frozenset({"succeeded", "unchanged"})


def message_id(job: str, joined: str | None = None) -> str:
    """Derive the message id of a job's result, so that the queue detects duplicates.

    `joined`: the id of another message that this result also answers.
    """
    to = "" if joined is None else f":{joined}"
    return str(uuid.uuid5(uuid.NAMESPACE_URL, f"sluice:result:{job}{to}"))


_STAYS = {"endpoint": "its new endpoint stays", "settings": "the endpoint's new settings stay"}

# Characters: the result also has the sample, and a message takes 256 KB.
_MOST_CURL = 20_000


@dataclass(frozen=True)
class Serving:
    """How to call an endpoint, and where its traffic goes."""

    scoring_uri: str
    auth_mode: str
    traffic: Mapping[str, int] = field(default_factory=dict)
    workspace_id: str = ""
    tenant_id: str = ""


def cloud_event(job: str, *, workspace_id: str, at: str, data: Mapping[str, Any]) -> dict[str, Any]:
    """Make the CloudEvent. `at`: ISO 8601; `data`: the output of `result_data`."""
    return {
        "specversion": "1.0",
        "id": message_id(job),
        "source": workspace_id,
        "type": f"sluice.{data['kind']}.{str(data['outcome']).replace(' ', '-')}",
        "subject": data["endpoint"],
        "time": at,
        "datacontenttype": "application/json",
        "data": dict(data),
    }


def result_data(
    request: DeployRequest,
    release: Release | None,
    *,
    serving: Serving | None,
    steps: Sequence[Mapping[str, Any]],
    ending: Ending,
    verdicts: Sequence[Mapping[str, Any]] = (),
) -> dict[str, Any]:
    """Make the data of a job's result.

    Args:
        request: what was asked.
        release: what it meant; None where it never came so far.
        serving: the endpoint as it is now, None while there is none.
        steps: the timeline's rows.
        ending: what the orchestration knows, its outcome first.
        verdicts: of the stages of its rollout.
    """
    name, message = endpoint_of(request, release), request.message
    traffic = dict(serving.traffic) if serving is not None else {}
    sample = shorten_images(release.smoke_test.input) if release is not None else None
    return {
        "job": request.job,
        "kind": request.kind,
        "outcome": ending.outcome,
        "endpoint": name,
        "deployment": ending.deployment if traffic else None,
        "digest": release.digest if release is not None else None,
        "image": _image(release),
        **_consumed(name, serving, sample or {}),
        "sample_request": sample,
        "traffic": traffic,
        "roles": list(ending.roles),
        "removed": list(ending.removed),
        "verdicts": list(verdicts),
        "timings": {str(it["title"]): _seconds(it) for it in steps if it.get("ended")},
        "warnings": [*_warnings(release, ending.outcome), *ending.warnings],
        "diagnosis": asdict(ending.diagnosis) if ending.diagnosis else None,
        "findings": list(ending.findings),
        "superseded_by": ending.by,
        "retry_of": request.retry_of or None,
        "decision": _decision(ending, request),
        "source": summary(request).source,
        "door": request.door,
        "accepted": request.accepted,
        "message_id": message.id if message is not None else None,
        "correlation_id": (message.correlation or message.id) if message is not None else None,
    }


def endpoint_of(request: DeployRequest, release: Release | None) -> str:
    """Return the name of the job's endpoint; empty if it is not known yet."""
    if isinstance(request.source, RemovalSource):
        return request.source.endpoint
    return release.endpoint.name if release is not None else ""


def _consumed(name: str, serving: Serving | None, sample: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a caller needs; the page `consume` has samples in more languages."""
    if serving is None or not serving.scoring_uri:
        keys = ("scoring_uri", "swagger_uri", "auth_mode", "credential", "curl", "consume")
        return dict.fromkeys(keys) | {"links": {}}
    place, curl = serving.workspace_id, samples(serving.scoring_uri, sample)["curl"]
    return {
        "scoring_uri": serving.scoring_uri,
        "swagger_uri": swagger_url(serving.scoring_uri),
        "auth_mode": serving.auth_mode,
        "credential": describe_credential(name, serving.auth_mode, place)["command"],
        "curl": curl if len(curl) <= _MOST_CURL else None,
        "consume": f"/api/endpoints/{name}/consume",
        "links": endpoint_links(name, workspace_id=place, tenant_id=serving.tenant_id),
    }


def _warnings(release: Release | None, outcome: str) -> list[str]:
    if release is None or outcome not in WELL:
        return list(release.warnings) if release is not None else []
    found = list(release.warnings)
    count = release.deployment.instance_count or 1
    if count < 3 and not any(
        "high availability" in it for it in found
    ):  # one from the manifest says it already
        found.append(
            f"{count} instance{'s' if count > 1 else ''}: high availability needs 3 or more"
        )
    if release.environment is not None and release.environment.retires:
        found.append(
            "The prompt flow runtime image gets no updates and is retired on 2027-04-20: without "
            "its name in the flow's files, Sluice builds the environment on an image that is "
            "maintained (docs/how-to/prepare-for-the-retirement.md)"
        )
    return found


def _image(release: Release | None) -> str | None:
    if release is None:
        return None
    environment = release.environment
    return environment.shown if environment is not None else "made by Azure from the model"


def _decision(ending: Ending, request: DeployRequest) -> dict[str, Any] | None:
    """Return the decision that ended the job, and what became of what the job had done."""
    if ending.decision is None:
        return None
    effect = "nothing was changed"
    if ending.stays:
        effect = f"{_STAYS[ending.stays]}; anything else that it had changed was put back"
    elif ending.changed:
        effect = "what it had changed was put back"
        if request.kind == "removal":
            effect = "what it had deleted stays deleted"
    return {**ending.decision, "effect": effect}


def _seconds(row: Mapping[str, Any]) -> float:
    started = datetime.fromisoformat(row["started"])
    return round((datetime.fromisoformat(row["ended"]) - started).total_seconds(), 3)
