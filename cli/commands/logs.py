"""`sluice logs JOB`: the container's log that a failed job kept."""

import sys

from cli.errors import DONE, FAILED
from cli.service import Service
from cli.target import Target
from cli.text import print_json


def logs(job: str, target: Target, *, as_json: bool) -> int:
    """Print the log; say why there is none."""
    service = Service(target)
    shown = service.job(service.whole_id(job))
    result = (shown.get("result") or {}).get("data") or {}
    log = str((result.get("diagnosis") or {}).get("log") or "")
    if as_json:
        print_json({"job": shown["job"], "log": log or None})
    elif log:
        print(log.rstrip("\n"))
    if log:
        return DONE
    why = (
        "its result has no container's log: Sluice reads it when a deployment does not start or "
        "its test fails"
        if result
        else f"it has not ended; follow it: sluice watch {shown['job']}"
    )
    print(f"sluice: job {shown['job']} has no log: {why}", file=sys.stderr)
    return FAILED
