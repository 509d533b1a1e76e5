"""`sluice endpoints` and `sluice show NAME`: list endpoints, or show one."""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from cli.errors import DONE
from cli.service import Service
from cli.target import Target
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


def endpoints(target: Target) -> int:
    """Print one line for each endpoint of the workspace."""
    for each in Service(target).endpoints():
        origin = "" if each["made_by_sluice"] else "  (not made by Sluice)"
        print(
            f"{each['name']:<32}  {each['state']:<10}  {_format_traffic(each['traffic'])}{origin}"
        )
    return DONE


def show(endpoint: str, target: Target, *, as_json: bool) -> int:
    """Print one endpoint: its drift, missing roles, deployments and revisions."""
    shown = Service(target).endpoint(endpoint)
    if as_json:
        print(json.dumps(shown, indent=2, ensure_ascii=False))
    else:
        print("\n".join(endpoint_lines(shown)))
    return DONE


def endpoint_lines(shown: Mapping[str, Any]) -> Iterable[str]:
    """Yield an endpoint's facts in lines, most important first."""
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
    for each in shown["deployments"]:
        yield (
            f"  deployment  {each['name']}  {each['state']}  {each['traffic']} %  "
            f"{each['instance_count']} x {each['instance_type']}"
        )
    for revision in shown["revisions"]:
        door = str(revision.get("door") or "?")
        who = revision.get("by") or _DOORS.get(door, door)
        yield f"  revision    {revision['digest'][:12]}  {revision['at'][:19]}Z  by {who}"
    if shown.get("scoring_uri"):
        yield f"  scoring     {shown['scoring_uri']}"
    if shown["links"]:
        yield f"  page        {shown['links']['studio']}"
        yield f"  metrics     {shown['links']['metrics']}"


def _hold(hold: Mapping[str, Any]) -> str:
    why = f" ({hold['reason']})" if hold.get("reason") else ""
    return f"by {hold.get('by') or KEY_HOLDER} since {hold['at'][:19]}Z{why}"


def _format_traffic(traffic: Mapping[str, int]) -> str:
    return ", ".join(f"{name} {share} %" for name, share in traffic.items()) or "no traffic"
