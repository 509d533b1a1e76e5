"""`sluice watch JOB`: follow a job."""

import json
from collections.abc import Mapping
from typing import Any

from cli.follow import choose_display, follow
from cli.outcome import exit_code, outcome_lines
from cli.service import Service
from cli.target import Target


def watch(job: str, target: Target, *, as_json: bool) -> int:
    """Show the job until it ends, and return the exit code of its outcome."""
    screen = choose_display(silent=as_json)
    service = Service(target, notice=screen.say)
    return report(follow(service, screen, job), as_json=as_json)


def report(result: Mapping[str, Any], *, as_json: bool) -> int:
    """Print the result and return its exit code."""
    if as_json:
        print(json.dumps(result, indent=2, ensure_ascii=False))
    else:
        print("\n".join(outcome_lines(result)))
    return exit_code(result)
