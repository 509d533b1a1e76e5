"""`sluice watch JOB`: follow a job."""

from collections.abc import Mapping
from typing import Any

from cli.errors import DONE
from cli.follow import choose_display, follow
from cli.outcome import exit_code, outcome_lines
from cli.service import Service
from cli.target import Target
from cli.text import print_json, print_lines


def watch(job: str, target: Target, *, as_json: bool) -> int:
    """Show the job until it ends, and return the exit code of its outcome."""
    service = Service(target)
    return watch_job(service, service.whole_id(job), target, as_json=as_json)


def watch_job(service: Service, job: str, target: Target, *, as_json: bool) -> int:
    """Show the job of that whole id until it ends, and return the exit code of its outcome."""
    ended = follow(service, choose_display(silent=as_json), job)
    return report(ended, target, as_json=as_json)


def watch_new(service: Service, job: str, target: Target, *, no_wait: bool, as_json: bool) -> int:
    """Print the id of a job that was accepted and, unless `no_wait`, follow it to its end."""
    if no_wait:
        if as_json:
            print_json({"job": job})
        else:
            print(f"job {job}\nfollow it: sluice watch {job}")
        return DONE
    choose_display(silent=as_json).say(f"job {job}")
    return watch_job(service, job, target, as_json=as_json)


def report(job: Mapping[str, Any], target: Target, *, as_json: bool) -> int:
    """Print the result of a job that has ended, and return its exit code."""
    result = job["result"]["data"]
    if as_json:
        print_json(result)
    else:
        print_lines(outcome_lines(job, local=target.local))
    return exit_code(result)
