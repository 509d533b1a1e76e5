"""`sluice retry JOB`: try a job again that has ended, as a new job."""

import sys

from cli.commands.watch import watch_new
from cli.service import Service
from cli.target import Target


def retry(job: str, target: Target, *, no_wait: bool, as_json: bool) -> int:
    """Ask for the new job. Without `no_wait` follow it to its end."""
    service = Service(target)
    job = service.whole_id(job)
    again = service.retry(job)
    print(f"job {again} tries job {job} again", file=sys.stderr)
    return watch_new(service, again, target, no_wait=no_wait, as_json=as_json)
