"""`sluice cancel JOB` and the other decisions about a job: record it, and follow the job."""

import sys

from cli.commands.watch import report
from cli.errors import DONE
from cli.follow import choose_display, follow
from cli.service import Service
from cli.target import Target


def decide(
    kind: str, job: str, reason: str | None, target: Target, *, no_wait: bool, as_json: bool
) -> int:
    """Tell Sluice the decision. Without `no_wait` follow the job to its end."""
    screen = choose_display(silent=as_json)
    service = Service(target, notice=screen.say)
    service.decide(job, kind, reason or "")
    if no_wait:
        print(f"job {job}: {kind} is recorded", file=sys.stderr)
        return DONE
    return report(follow(service, screen, job), as_json=as_json)
