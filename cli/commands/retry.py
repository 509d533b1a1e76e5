"""`sluice retry JOB`: try a job again that has ended, as a new job."""

import sys

from cli.commands.watch import report
from cli.errors import DONE
from cli.follow import choose_display, follow
from cli.service import Service
from cli.target import Target


def retry(job: str, target: Target, *, no_wait: bool, as_json: bool) -> int:
    """Ask for the new job. Without `no_wait` follow it to its end."""
    screen = choose_display(silent=as_json)
    service = Service(target, notice=screen.say)
    again = service.retry(job)
    print(f"job {again} tries job {job} again", file=sys.stderr)
    if no_wait:
        return DONE
    return report(follow(service, screen, again), as_json=as_json)
