"""What people see of jobs."""

from typing import Any

from shared.domain.job import BlobSource, job_id, summary
from shared.domain.timeline import steps_shown
from shared.ports import Ports
from shared.steps.planning import kept_plan


def job_shown(ports: Ports, job: str) -> dict[str, Any] | None:
    """One job: state, steps, plan, result; None where there is no such job."""
    request = ports.ledger.request(job)
    if request is None:
        return None
    result = ports.ledger.read(job, "result")
    steps = steps_shown(ports.ledger.timeline(job), kept_plan(ports, job))
    release = ports.ledger.read(job, "release")
    waits = any(row["state"] == "waiting" and "az role" in row["note"] for row in steps)
    return {
        "job": job,
        "state": result["data"]["outcome"] if result else "waiting" if waits else "running",
        "endpoint": release["endpoint"]["name"] if release else "",
        "source": summary(request).source,
        "door": request.door,
        "accepted": request.accepted,
        "steps": steps,
        "plan": ports.ledger.read(job, "plan"),
        "result": result,
    }


def jobs_shown(ports: Ports, *, blob: str | None, etag: str | None) -> list[dict[str, Any]]:
    """The newest jobs; with a blob and its ETag, the one job that dropping it has made."""
    if blob is not None and etag is not None:
        shown = job_shown(ports, job_id(BlobSource(path=blob, etag=etag.strip('"')), {}))
        return [] if shown is None else [shown]
    return [summary.model_dump(mode="json") for summary in ports.ledger.jobs()]
