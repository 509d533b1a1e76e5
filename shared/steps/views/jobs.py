"""Views: one job, by its id or by its blob."""

from typing import Any

from shared.domain.jobs.phase import phase_of
from shared.domain.jobs.result import endpoint_of
from shared.domain.jobs.timeline import settled, steps_shown
from shared.domain.planning.step import from_json as plan_from_json
from shared.domain.release.release import from_json
from shared.domain.requests.request import job_id, summary
from shared.domain.requests.source import BlobSource
from shared.ports import Ports
from shared.steps.deploy.verdicts import verdicts_of


def describe_job(ports: Ports, job: str) -> dict[str, Any] | None:
    """One job: state, steps, plan, result; None if there is no such job."""
    request = ports.ledger.request(job)
    if request is None:
        return None
    result = ports.ledger.read(job, "result")
    plan, release = ports.ledger.read(job, "plan"), ports.ledger.read(job, "release")
    made = plan_from_json(plan) if plan is not None else None
    steps = steps_shown(ports.ledger.timeline(job), made)
    waits = any(row["state"] == "waiting" and row["person"] for row in steps)
    if result:
        steps = settled(steps, outcome=result["data"]["outcome"], at=result["time"])
    return {
        "job": job,
        "state": result["data"]["outcome"] if result else "waiting" if waits else "running",
        "endpoint": endpoint_of(request, from_json(release) if release is not None else None),
        "source": summary(request).source,
        "door": request.door,
        "by": request.by,
        "retry_of": request.retry_of or None,
        "accepted": request.accepted,
        "phase": None if result else phase_of(steps),
        "steps": steps,
        "plan": _plan(plan),
        "decisions": [it.model_dump() for it in ports.ledger.decisions(job)],
        "verdicts": verdicts_of(ports, job, made),
        "result": result,
        "sent": ports.ledger.read(job, "sent") if result else None,
        "webhook": ports.ledger.read(job, "webhook") if result else None,
    }


def _plan(kept: dict[str, Any] | None) -> dict[str, Any] | None:
    """The plan without the backup of a replaced deployment: its variables may hold secrets."""
    if kept is None:
        return None
    return {**kept, "prior": {**kept["prior"], "replaced": None}}


def jobs_of_blob(ports: Ports, blob: str, etag: str) -> list[dict[str, Any]]:
    """The job that this version of a blob became; none until it is accepted."""
    shown = describe_job(ports, job_id(BlobSource(path=blob, etag=etag.strip('"')), {}))
    return [] if shown is None else [shown]
