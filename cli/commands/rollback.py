"""`sluice rollback NAME` and `sluice resume NAME`: put the previous release back; end the hold."""

import sys

from cli.commands.watch import watch_new
from cli.errors import DONE
from cli.service import Service
from cli.target import Target
from cli.text import print_json


def rollback(endpoint: str, reason: str | None, target: Target, *, as_json: bool) -> int:
    """Roll the endpoint back, follow the job, and report its result."""
    service = Service(target)
    job = service.roll_back(endpoint, reason or "")
    code = watch_new(service, job, target, no_wait=False, as_json=as_json)
    print(
        f"{endpoint} is held: what is dropped waits until you run sluice resume {endpoint}",
        file=sys.stderr,
    )
    return code


def resume(endpoint: str, target: Target, *, as_json: bool) -> int:
    """End the endpoint's hold, and name the job that waited for it."""
    resumed = Service(target).resume(endpoint)
    waiting = resumed.get("job")
    if as_json:
        print_json(resumed)
    elif waiting is None:
        print(f"{endpoint} is not held; no job waits")
    else:
        print(f"{endpoint} is not held; job {waiting} goes on: sluice watch {waiting}")
    return DONE
