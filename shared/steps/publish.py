"""The end of a job: the result in the ledger, then on the queue, then the mark taken away."""

from collections.abc import Mapping
from typing import Any

from shared.domain.failure import AzureFailure
from shared.domain.job import DeployRequest, NoSource, RevisionSource, stamp
from shared.domain.release import Release, from_json
from shared.domain.result import cloud_event, message_id, result_data
from shared.domain.step import live
from shared.domain.timeline import steps_shown
from shared.ports import Ports
from shared.steps.planning import kept_plan


def publish(ports: Ports, job: str, ending: Mapping[str, Any]) -> str:
    """Tell the result, once; its outcome. Runs any number of times, and carries on where it died.

    Raises AzureFailure where it could not be told now; then it must be called again.

    Args:
        ports: the world.
        job: the job.
        ending: `outcome` and what `result_data` takes. Ignored where the ledger has the result.
    """
    result = ports.ledger.read(job, "result")
    if result is None:
        result = ports.ledger.write_once(job, "result", _result(ports, job, ending))
    data = result["data"]
    if ports.ledger.read(job, "sent") is None:
        ports.bus.send_result(result, message_id=message_id(job), correlation_id=job)
        ports.ledger.write_once(job, "sent", {"at": stamp(ports.now())})
    ports.ledger.set_state(job, data["outcome"], data["endpoint"])
    if data["endpoint"]:
        ports.turns.release(data["endpoint"], job)
    ports.ledger.close(job)
    return str(data["outcome"])


def _result(ports: Ports, job: str, ending: Mapping[str, Any]) -> dict[str, Any]:
    request = ports.ledger.request(job)
    if request is None:
        raise LookupError(f"Job {job} has no request")
    kept = ports.ledger.read(job, "release")
    release = from_json(kept) if kept is not None else None
    if release is not None and ending["outcome"] in {"succeeded", "unchanged"}:
        _record(ports, request, release)
    scoring_uri, traffic = _serving(ports, release, ending.get("serving"))
    data = result_data(
        request,
        release,
        outcome=ending["outcome"],
        scoring_uri=scoring_uri,
        traffic=traffic,
        steps=steps_shown(ports.ledger.timeline(job), kept_plan(ports, job)),
        ending=ending,
    )
    return cloud_event(job, workspace_id=ports.workspace_id, at=stamp(ports.now()), data=data)


def _serving(
    ports: Ports, release: Release | None, seen: Mapping[str, Any] | None
) -> tuple[str | None, dict[str, int]]:
    """Scoring URI and traffic, as the final check has just seen them or as they are now."""
    if seen is not None:
        return seen["scoring_uri"], dict(seen["traffic"])
    if release is None:
        return None, {}
    try:
        endpoint = ports.workspace.endpoint(release.endpoint.name)
    except AzureFailure:  # the result matters more than what it can show
        return None, {}
    if endpoint is None:
        return None, {}
    return endpoint.scoring_uri, live(endpoint.traffic)


def _record(ports: Ports, request: DeployRequest, release: Release) -> None:
    source = request.source
    assert not isinstance(source, NoSource)
    package = source.package if isinstance(source, RevisionSource) else request.job
    ports.ledger.record_release(
        release.endpoint.name,
        release.order,
        {
            "job": request.job,
            "digest": release.digest,
            "deployment": release.deployment_name,
            "package": package,
            "path": release.path,
            "overrides": request.overrides,
            "at": request.accepted,
        },
    )
