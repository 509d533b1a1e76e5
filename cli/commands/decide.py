"""`sluice cancel JOB` and the other decisions about a job: record it, and follow the job."""

import sys

from cli.commands.watch import watch_job
from cli.errors import DONE
from cli.service import Service
from cli.target import Target
from cli.text import print_json


def decide(
    kind: str, job: str, reason: str | None, target: Target, *, no_wait: bool, as_json: bool
) -> int:
    """Tell Sluice the decision. Without `no_wait` follow the job to its end."""
    service = Service(target)
    job = service.whole_id(job)
    service.decide(job, kind, reason or "")
    if not no_wait:
        return watch_job(service, job, target, as_json=as_json)
    if as_json:
        print_json({"job": job, "decision": kind})
    else:
        print(f"job {job}: {kind} is recorded", file=sys.stderr)
    return DONE
