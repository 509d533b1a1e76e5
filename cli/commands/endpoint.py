"""`sluice endpoint NAME`: one endpoint."""

from collections.abc import Iterable, Mapping
from typing import Any

from cli.errors import DONE
from cli.service import Service
from cli.target import Target
from cli.text import moment, print_json, print_lines
from shared.domain.access.caller import KEY_HOLDER

_JOBS = {
    "changing": "changes this endpoint now",
    "waiting": "waits for its turn",
    "held": "waits until the endpoint is resumed",
}
_DOORS = {
    "blob": "a drop into storage",
    "bus": "a message",
    "http": KEY_HOLDER,
    "sweep": "Sluice itself",
}
"""Who made a release that has no name of a caller."""


def endpoint(endpoint: str, target: Target, *, as_json: bool) -> int:
    """Print one endpoint: its drift, missing roles, deployments and revisions."""
    shown = Service(target).endpoint(endpoint)
    if as_json:
        print_json(shown)
    else:
        print_lines(endpoint_lines(shown, local=target.local))
    return DONE


def endpoint_lines(shown: Mapping[str, Any], *, local: bool) -> Iterable[str]:
    """Yield an endpoint's facts in lines, most important first.

    Args:
        shown: the endpoint.
        local: leave out pages of the portal, which a local stack does not have.
    """
    yield f"{shown['name']}: {shown['state']}"
    if hold := shown.get("hold"):
        yield f"  held        {_hold(hold)}. To let jobs go on: sluice resume {shown['name']}"
    for each in shown.get("jobs") or ():
        what = _JOBS.get(each["state"], each["state"])
        yield f"  job         {each['job']} {what}: sluice watch {each['job']}"
    for drift in shown["drift"]:
        yield f"  drift       {drift['what']}: asked {drift['asked']}, found {drift['found']}"
    for role in (shown.get("roles") or {}).get("missing", ()):
        yield f"  missing     {role['role']}: {role['command']}"
    revisions = shown["revisions"]
    for each in shown["deployments"]:
        yield (
            f"  deployment  {each['name']}  {each['state']}  {each['traffic']} %  "
            f"{each['instance_count']} x {each['instance_type']}"
        )
        of = [it for it in revisions if it.get("deployment") == each["name"]]
        if of:  # the newest first
            yield f"    revision  {_revision(of[0])}"
    for revision in revisions:
        yield f"  revision    {_revision(revision)}"
    if shown.get("scoring_uri"):
        yield f"  scoring     {shown['scoring_uri']}"
    if shown["links"] and not local:
        yield f"  page        {shown['links']['studio']}"
        yield f"  metrics     {shown['links']['metrics']}"


def _revision(revision: Mapping[str, Any]) -> str:
    """Say which revision it is, when it was released, by whom, and by which job."""
    door = str(revision.get("door") or "?")
    who = revision.get("by") or _DOORS.get(door, door)
    job = f", job {revision['job']}" if revision.get("job") else ""
    return f"{revision['digest'][:12]}  {moment(revision['at'])}  by {who}{job}"


def _hold(hold: Mapping[str, Any]) -> str:
    why = f" ({hold['reason']})" if hold.get("reason") else ""
    return f"by {hold.get('by') or KEY_HOLDER} since {moment(hold['at'])}{why}"
