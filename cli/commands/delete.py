"""`sluice delete NAME`: say what will go, ask, delete it, follow its job."""

import sys
from collections.abc import Iterator, Mapping
from typing import Any

from cli.commands.watch import report
from cli.errors import DONE, refused
from cli.follow import choose_display, follow
from cli.service import Service
from cli.target import Target


def delete(
    endpoint: str,
    deployment: str | None,
    target: Target,
    *,
    yes: bool,
    force: bool,
    as_json: bool,
) -> int:
    """Delete it, follow the job, and say what it came to."""
    if not yes and not sys.stdin.isatty():
        raise refused("nobody can be asked here whether it shall go: say --yes if it shall")
    screen = choose_display(silent=as_json)
    service = Service(target, notice=screen.say)
    shown = service.endpoint(endpoint)
    for line in what_goes(shown, deployment):
        print(line, file=sys.stderr)
    if not yes and not _agreed():
        print("nothing was deleted", file=sys.stderr)
        return DONE
    job = service.delete(endpoint, deployment, force=force)
    return report(follow(service, screen, job), as_json=as_json)


def what_goes(shown: Mapping[str, Any], deployment: str | None) -> Iterator[str]:
    """The endpoint with what is behind it, or the one deployment; each with its traffic.

    Raises:
        CommandError: the endpoint has no such deployment.
    """
    name = shown["name"]
    if deployment is not None:
        there = [it for it in shown["deployments"] if it["name"].lower() == deployment]
        if not there:
            others = ", ".join(it["name"] for it in shown["deployments"]) or "none"
            raise refused(f"endpoint {name} has no deployment '{deployment}'; it has: {others}")
        share = f"{there[0]['traffic']} % of the traffic"
        yield f"to be deleted: deployment {deployment} of endpoint {name}, {share}"
        return
    yield f"to be deleted: endpoint {name}, {shown['state']}"
    for each in shown["deployments"]:
        yield f"  deployment  {each['name']}  {each['traffic']} % of the traffic"


def _agreed() -> bool:
    print("Delete? [y/N] ", end="", file=sys.stderr, flush=True)
    return sys.stdin.readline().strip().lower() in {"y", "yes"}
