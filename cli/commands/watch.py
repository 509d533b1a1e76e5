"""`sluice watch JOB`: follow a job that was begun elsewhere."""

import json
from argparse import Namespace
from collections.abc import Mapping
from typing import Any

from cli.display import display
from cli.follow import follow
from cli.outcome import exit_code, outcome_lines
from cli.service import Service
from cli.target import Target


def watch(arguments: Namespace, target: Target) -> int:
    """Show the job until its end; the exit code says its outcome."""
    show = display(silent=arguments.json)
    service = Service(target, notice=show.say)
    return report(follow(service, show, arguments.job), as_json=arguments.json)


def report(result: Mapping[str, Any], *, as_json: bool) -> int:
    """Print the result and return the exit code that it means."""
    if as_json:
        print(json.dumps(result, indent=2, ensure_ascii=False))
    else:
        print("\n".join(outcome_lines(result)))
    return exit_code(result)
