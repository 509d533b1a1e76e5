"""Ends a job: writes its result to the ledger, sends it to the queue, closes the job."""

import logging
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from shared.domain.azure.consume import shorten_images
from shared.domain.failure import AzureFailure, Denied, LaneTaken, Refused
from shared.domain.jobs.ending import Ending
from shared.domain.jobs.result import WELL, Serving, cloud_event, message_id, result_data
from shared.domain.jobs.result_message import as_message
from shared.domain.jobs.timeline import steps_shown
from shared.domain.planning.step import live
from shared.domain.release.release import Release, from_json
from shared.domain.requests.request import DeployRequest, MessageName, stamp
from shared.domain.requests.source import NoSource, RemovalSource
from shared.ports import Ports
from shared.steps.deploy.planning import kept_plan
from shared.steps.deploy.verdicts import verdicts_of
from shared.steps.intake.joined_messages import send_to_messages
from shared.steps.remove.time_to_live import record_time_to_live

_log = logging.getLogger(__name__)

_MENDABLE = timedelta(days=1)


def publish(ports: Ports, job: str, ending: Ending) -> str:
    """Publish the job's result once; return its outcome. A repeat continues where the last stopped.

    Raises AzureFailure if the result cannot be sent now; then it must be called again.

    Args:
        ports: the services.
        job: the job.
        ending: how it ended. Ignored where the ledger has the result.
    """
    ports.ledger.list_documents(job)
    result, sent = ports.ledger.read(job, "result", listed=True), None
    if result is not None:
        sent = ports.ledger.read(job, "sent", listed=True)
    else:
        result = ports.ledger.write_once(job, "result", _result(ports, job, ending))
    data = result["data"]
    # After the result: whoever asks again later sees it, and makes a job of its own.
    joined = ports.ledger.joined(job)
    if joined.order and data["endpoint"] and data["outcome"] in WELL:
        ports.ledger.queue_job(data["endpoint"], job, joined.order)
    # From here the job has ended for readers and for the next job, however long sending takes.
    ports.ledger.set_state(job, data["outcome"], data["endpoint"])
    if data["endpoint"]:
        ports.turns.release(data["endpoint"], job)
    message = as_message(result)
    if sent is None:
        failure = _send_to_queue(ports, job, joined.messages, message)
        ports.ledger.write_once(job, "sent", {"at": stamp(ports.now()), "failure": failure})
    _send_to_webhook(ports, job, message)
    ports.ledger.close_job(job)
    return str(data["outcome"])


def _send_to_queue(
    ports: Ports, job: str, joined: Iterable[MessageName], message: Mapping[str, Any]
) -> str | None:
    """Send the result; return None, or why the queue will never take it.

    A missing queue or permission can be mended, so it is raised, and tried again, for a day.
    """
    try:
        correlation = message["data"].get("correlation_id") or job
        ports.bus.send_result(message, message_id=message_id(job), correlation_id=correlation)
        send_to_messages(ports, job, joined, message)
    except (Denied, Refused) as failure:
        since = ports.now() - datetime.fromisoformat(message["time"])
        if failure.code != "MessageSizeExceededError" and since < _MENDABLE:
            raise
        _log.warning(
            "The result of job %s is not on the queue: %s", job, failure, extra={"job": job}
        )
        return str(failure)
    return None


def _send_to_webhook(ports: Ports, job: str, result: Mapping[str, Any]) -> None:
    """POST the result to the webhook. A failure is recorded and not tried again.

    After a crash in between it is sent a second time.
    """
    if ports.webhook is None or ports.ledger.read(job, "webhook") is not None:
        return
    try:
        ports.webhook.send(result)
        failure = None
    except LaneTaken:
        raise
    except AzureFailure as failed:
        failure = str(failed)
    ports.ledger.write_once(job, "webhook", {"at": stamp(ports.now()), "failure": failure})


def _result(ports: Ports, job: str, ending: Ending) -> dict[str, Any]:
    request = ports.ledger.request(job)
    if request is None:
        raise LookupError(f"Job {job} has no request")
    kept = ports.ledger.read(job, "release")
    release = from_json(kept) if kept is not None else None
    if release is not None and ending.outcome in WELL:
        _record(ports, request, release)
    made = kept_plan(ports, job)
    data = result_data(
        request,
        release,
        serving=None if ending.quiet else _serving(ports, release, ending.serving),
        steps=steps_shown(ports.ledger.timeline(job, listed=True), made),
        ending=ending,
        verdicts=verdicts_of(ports, job, made),
    )
    return cloud_event(job, workspace_id=ports.workspace_id, at=stamp(ports.now()), data=data)


def _serving(
    ports: Ports, release: Release | None, seen: Mapping[str, Any] | None
) -> Serving | None:
    """The endpoint as the final check saw it, else as it is now."""
    if release is None:
        return None
    try:
        facts = ports.workspace.facts()
        place = {"workspace_id": facts.id, "tenant_id": facts.tenant_id}
        if seen is not None and seen.get("auth_mode"):
            return Serving(seen["scoring_uri"], seen["auth_mode"], seen["traffic"], **place)
        endpoint = ports.workspace.endpoint(release.endpoint.name)
    except AzureFailure:  # the result matters more than what it can show
        return None
    if endpoint is None:
        return None
    return Serving(endpoint.scoring_uri, endpoint.auth_mode, live(endpoint.traffic), **place)


def _record(ports: Ports, request: DeployRequest, release: Release) -> None:
    if request.force:
        ports.ledger.end_quarantine(release.endpoint.name, release.digest)
    kept = _entry(request, release)
    ports.ledger.record_release(release.endpoint.name, release.order, kept)
    record_time_to_live(ports, release.endpoint.name, kept)


def _entry(request: DeployRequest, release: Release) -> dict[str, Any]:
    """What the list of an endpoint's releases shows."""
    assert not isinstance(request.source, NoSource | RemovalSource)
    return {
        "job": request.job,
        "digest": release.digest,
        "kind": release.kind,
        "deployment": release.deployment_name,
        "package": request.package,
        "path": release.path,
        "overrides": request.overrides,
        "at": request.accepted,
        "door": request.door,
        "by": request.by,
        "model": f"/{release.model_place}" if release.model_place else None,
        "instance_type": release.deployment.instance_type,
        "instance_count": release.deployment.instance_count,
        "auth_mode": release.endpoint.auth_mode,
        "sample": shorten_images(release.smoke_test.input),
        "ttl": release.ttl,
        "asked": release.asked,
        "rollback": request.is_rollback,
    }
