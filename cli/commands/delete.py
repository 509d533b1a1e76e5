"""`sluice delete NAME`: list what would be deleted, ask, delete it, follow the job."""

import sys
from collections.abc import Iterator, Mapping
from typing import Any

from cli.commands.watch import watch_new
from cli.errors import DONE, refused
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
    """Delete an endpoint or deployment, follow the job, and report its result."""
    if not yes and not sys.stdin.isatty():
        raise refused(
            "there is no terminal to ask for confirmation: add --yes to delete without asking"
        )
    service = Service(target)
    shown = service.endpoint(endpoint)
    for line in deletion_lines(shown, deployment):
        print(line, file=sys.stderr)
    if not yes and not _confirmed():
        print("nothing was deleted", file=sys.stderr)
        return DONE
    job = service.delete(endpoint, deployment, force=force)
    return watch_new(service, job, target, no_wait=False, as_json=as_json)


def deletion_lines(shown: Mapping[str, Any], deployment: str | None) -> Iterator[str]:
    """Yield a line for each thing that would be deleted, with its traffic.

    Raises:
        CommandError: the endpoint has no such deployment.
    """
    name = shown["name"]
    if deployment is not None:
        found = [it for it in shown["deployments"] if it["name"].lower() == deployment]
        if not found:
            others = ", ".join(it["name"] for it in shown["deployments"]) or "none"
            raise refused(f"endpoint {name} has no deployment '{deployment}'; it has: {others}")
        share = f"{found[0]['traffic']} % of the traffic"
        yield f"to be deleted: deployment {deployment} of endpoint {name}, {share}"
        return
    yield f"to be deleted: endpoint {name}, {shown['state']}"
    for each in shown["deployments"]:
        yield f"  deployment  {each['name']}  {each['traffic']} % of the traffic"


def _confirmed() -> bool:
    print("Delete? [y/N] ", end="", file=sys.stderr, flush=True)
    return sys.stdin.readline().strip().lower() in {"y", "yes"}
