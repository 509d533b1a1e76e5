"""`sluice rollback NAME` and `sluice resume NAME`: put the previous release back; end the hold."""

import sys

from cli.commands.watch import report
from cli.errors import DONE
from cli.follow import choose_display, follow
from cli.service import Service
from cli.target import Target


def rollback(endpoint: str, reason: str | None, target: Target, *, as_json: bool) -> int:
    """Roll the endpoint back, follow the job, and report its result."""
    screen = choose_display(silent=as_json)
    service = Service(target, notice=screen.say)
    job = service.roll_back(endpoint, reason or "")
    screen.say(f"job {job}")
    code = report(follow(service, screen, job), as_json=as_json)
    print(
        f"{endpoint} is held: what is dropped waits until you run sluice resume {endpoint}",
        file=sys.stderr,
    )
    return code


def resume(endpoint: str, target: Target) -> int:
    """End the endpoint's hold, and name the job that waited for it."""
    waiting = Service(target).resume(endpoint)
    if waiting is None:
        print(f"{endpoint} is not held; no job waits")
    else:
        print(f"{endpoint} is not held; job {waiting} goes on: sluice watch {waiting}")
    return DONE
