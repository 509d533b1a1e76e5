"""Views: the workspace's endpoints, and how one differs from its last release."""

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from functools import partial
from typing import Any

from shared.domain.access.roles import covers, grant_command
from shared.domain.azure.endpoint import DeploymentState, EndpointState, WorkspaceFacts
from shared.domain.azure.links import endpoint_links
from shared.domain.errors import Rejected
from shared.domain.failure import AzureFailure
from shared.domain.identifiers.names import EndpointName
from shared.domain.planning.drift import drifts
from shared.domain.planning.endpoint_spec import made_by_sluice
from shared.domain.planning.role_grants import needed_grants
from shared.domain.planning.step import live
from shared.domain.release.release import DIGEST_TAG, JOB_TAG, from_json
from shared.domain.requests.hold import Hold
from shared.ports import Ports
from shared.steps.deploy.endpoint_jobs import changing_job, running_job
from shared.steps.deploy.planning import observe
from shared.steps.deploy.rights import observe_rights

Shown = dict[str, Any]

_AT_ONCE = 8
"""Reads of holds in the ledger, one for each endpoint; a region takes a hundred endpoints."""


def list_endpoints(ports: Ports) -> list[Shown]:
    """A short view of every endpoint of the workspace."""
    facts, found = ports.workspace.facts(), ports.workspace.endpoints()
    marks = ports.ledger.drift_record().get("marks", {})
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        holds = pool.map(partial(_hold, ports), (it.name for it in found))
        return [
            {**_short(facts, it), "hold": hold, "drift_since": _drift_since(marks.get(it.name))}
            for it, hold in zip(found, holds, strict=True)
        ]


def describe_endpoint(ports: Ports, name: EndpointName) -> Shown | None:
    """The full view of one endpoint; None if it does not exist and never had a release."""
    endpoint = ports.workspace.endpoint(name)
    releases = ports.ledger.releases(name)
    if endpoint is None and not releases:
        return None
    facts = ports.workspace.facts()
    deployments = ports.workspace.deployments(name) if endpoint is not None else ()
    gone = {"name": name, "state": "gone", "links": {}}
    last = releases[0] if releases else None
    changing = changing_job(ports, name)
    settled = changing is None and not _busy(endpoint, deployments)
    return {
        **(_short(facts, endpoint) if endpoint is not None else gone),
        "identity": asdict(endpoint.identity) if endpoint is not None else None,
        "deployments": [_deployment(endpoint, it) for it in deployments],
        "roles": _roles(ports, last) if last and endpoint is not None else None,
        "drift": _drift(ports, last, endpoint, deployments) if last and settled else [],
        "hold": hold.model_dump() if (hold := ports.ledger.hold(name)) is not None else None,
        "jobs": list(_jobs(ports, name, changing, hold)),
        "ttl_seconds": last.get("ttl") if last else None,
        "revisions": _revisions(releases),
    }


def _hold(ports: Ports, name: str) -> Shown | None:
    hold = ports.ledger.hold(name.lower())
    return hold.model_dump() if hold is not None else None


def _drift_since(mark: Mapping[str, Any] | None) -> str | None:
    """Since when the sweep has seen the drift that it told of; None if it sees none."""
    if mark is None or not any(it.startswith(mark["seen"]) for it in mark["told"]):
        return None
    return str(mark["since"])


def _short(facts: WorkspaceFacts, endpoint: EndpointState) -> Shown:
    name = endpoint.name
    return {
        "name": name,
        "state": endpoint.provisioning_state,
        "made_by_sluice": made_by_sluice(endpoint),
        "scoring_uri": endpoint.scoring_uri,
        "auth_mode": endpoint.auth_mode,
        "traffic": live(endpoint.traffic),
        "mirror_traffic": live(endpoint.mirror_traffic),
        "links": endpoint_links(name, workspace_id=facts.id, tenant_id=facts.tenant_id),
    }


def _deployment(endpoint: EndpointState | None, state: DeploymentState) -> Shown:
    traffic = endpoint.traffic if endpoint is not None else {}
    return {
        "name": state.name,
        "state": state.provisioning_state,
        "traffic": traffic.get(state.name, 0),
        "made_by_sluice": DIGEST_TAG in state.tags,
        "model": state.model,
        "digest": state.tags.get(DIGEST_TAG),
        "job": state.tags.get(JOB_TAG),
        "environment": state.environment,
        "instance_type": state.instance_type,
        "instance_count": state.instance_count,
        "created": state.created_at,
    }


def _busy(endpoint: EndpointState | None, deployments: Sequence[DeploymentState]) -> bool:
    """True while an operation of Azure runs: what differs meanwhile is no drift."""
    return any(it.busy for it in (endpoint, *deployments) if it is not None)


def _jobs(ports: Ports, name: str, changing: str | None, hold: Hold | None) -> Iterator[Shown]:
    """The job that changes the endpoint, and the one that is next: older ones give way to it."""
    if changing is not None:
        yield {"job": changing, "state": "changing"}
    newest = running_job(ports, name)
    request = ports.ledger.request(newest) if newest is not None else None
    if request is None or newest == changing:
        return
    held = hold is not None and not request.passes_hold
    yield {"job": newest, "state": "held" if held else "waiting"}


def _drift(
    ports: Ports,
    last: Mapping[str, Any],
    endpoint: EndpointState | None,
    deployments: Sequence[DeploymentState],
) -> list[Shown]:
    kept = ports.ledger.read(last["job"], "release")
    release = from_json(kept) if kept is not None else None
    return [asdict(it) for it in drifts(last, endpoint, deployments, release)]


def _roles(ports: Ports, last: Mapping[str, Any]) -> Shown | None:
    """The roles that the identity needs for the last release, granted and missing.

    A missing role comes with the command that grants it.
    """
    kept = ports.ledger.read(last["job"], "release")
    if kept is None:
        return None
    release = from_json(kept)
    try:
        observed = observe_rights(ports, release, observe(ports, release))
    except (AzureFailure, Rejected) as failure:  # the rest of the view does not depend on it
        return {"granted": [], "missing": [], "unknown": str(failure)}
    principal = observed.identity.principal_id or ""
    shown: dict[str, list[Shown]] = {"granted": [], "missing": []}
    for grant in needed_grants(release, observed):
        entry = {"role": grant.role.name, "scope": grant.scope, "why": grant.why}
        if any(covers(it, grant, principal) for it in observed.assignments):
            shown["granted"].append(entry)
        else:
            command = grant_command(grant, principal)
            shown["missing"].append({**entry, "optional": grant.optional, "command": command})
    return shown


def _revisions(releases: Sequence[Mapping[str, Any]]) -> list[Shown]:
    fields = ("job", "digest", "deployment", "at", "door", "by", "path")
    return [{name: entry.get(name, "") for name in fields} for entry in releases]
