"""Drift: tells once when an endpoint differs from its last release, and repairs it if asked.

A difference counts when two looks in a row see it: Azure may show a write late. While a job runs
on an endpoint, or an operation, nothing is looked at there.
"""

import logging
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from shared.domain.access.policy import repairs
from shared.domain.access.roles import covers
from shared.domain.azure.endpoint import DeploymentState, EndpointState
from shared.domain.errors import Rejected
from shared.domain.failure import AzureFailure
from shared.domain.jobs.drift_event import drift_event, drift_hash
from shared.domain.jobs.result import WELL, endpoint_of
from shared.domain.planning.drift import Drift, drifts
from shared.domain.planning.role_grants import needed_grants
from shared.domain.planning.step import Observed
from shared.domain.release.release import Release, from_json
from shared.domain.requests.request import stamp
from shared.domain.requests.request_body import AskedSource
from shared.domain.requests.source import RemovalSource
from shared.ports import Ports
from shared.steps.deploy.placement import placement
from shared.steps.deploy.rights import observe_rights
from shared.steps.intake.accept import Requester, SourceChanged, accept_source
from shared.steps.intake.resolve import resolve

_log = logging.getLogger(__name__)

Mark = Mapping[str, Any]
"""Of one endpoint: `seen`, the hash of its differences; `since`; `told`, the hashes told of."""


@dataclass(frozen=True)
class _Looked:
    """An endpoint at one look. `mark` is None if there is nothing to remember."""

    mark: Mark | None
    repair: str | None = None


def find_drift(ports: Ports) -> tuple[str, ...]:
    """Look at every endpoint with a release, if it is time; returns the jobs that repair."""
    kept = ports.ledger.drift_record()
    if not _is_due(ports, kept):
        return ()
    before: Mapping[str, Mark] = kept.get("marks", {})
    listed = {it.name: it for it in ports.workspace.endpoints()}
    names = sorted({*listed, *before, *kept.get("there", ())})
    busy, marks, jobs = _busy(ports), dict[str, Mark](), list[str]()
    for name in names:
        looked = _Looked(before.get(name))
        if name not in busy:
            looked = _look(ports, name, listed.get(name), before.get(name))
        if looked.mark is not None:
            marks[name] = looked.mark
        if looked.repair is not None:
            jobs.append(looked.repair)
    there = sorted(it for it in names if it in listed or it in busy)
    ports.ledger.record_drift({"at": stamp(ports.now()), "there": there, "marks": marks})
    return tuple(jobs)


def _is_due(ports: Ports, kept: Mapping[str, Any]) -> bool:
    every = timedelta(seconds=ports.drift_every)
    if not every:
        return False
    last = kept.get("at")
    return last is None or ports.now() - datetime.fromisoformat(last) >= every


def _busy(ports: Ports) -> frozenset[str]:
    """The endpoints that an open job may be changing."""
    names = set[str]()
    for job in ports.ledger.open_jobs():
        request, kept = ports.ledger.request(job), ports.ledger.read(job, "release")
        if request is not None:
            names.add(endpoint_of(request, None if kept is None else from_json(kept)))
    return frozenset(names)


def _look(ports: Ports, name: str, endpoint: EndpointState | None, before: Mark | None) -> _Looked:
    """Look at one endpoint. What fails is left to the next look."""
    try:
        last = ports.ledger.last_release(name)
        if last is None:
            return _Looked(None)
        found = _differences(ports, last, name, endpoint)
        if found is None:
            return _Looked(before)
        return _judged(ports, name, last, found, before)
    except AzureFailure as failure:
        named = {"endpoint": name}
        _log.warning(
            "The drift of endpoint %s could not be looked at: %s", name, failure, extra=named
        )
        return _Looked(before)


def _judged(
    ports: Ports, name: str, last: Mapping[str, Any], found: tuple[Drift, ...], before: Mark | None
) -> _Looked:
    if not found or _was_removed(ports, name, last):
        return _Looked(None)
    seen, told = drift_hash(found), list((before or {}).get("told", ()))
    if before is None or before["seen"] != seen:
        return _Looked({"seen": seen, "since": stamp(ports.now()), "told": told})
    wanted = repairs(ports.policy, placement(ports, str(last["path"]), name, None))
    held = wanted and ports.ledger.hold(name) is not None
    tale = f"{seen}, held" if held else seen  # told again, and repaired, when the hold ends
    if tale in told:
        return _Looked(before)
    since, repair = str(before["since"]), None
    if wanted and not held:
        repair = _repair(ports, name, key=f"drift:{name}:{seen}:{since}")
    event = drift_event(
        name, last, found, workspace_id=ports.workspace_id, since=since, repair=repair
    )
    ports.bus.send_result(event, message_id=event["id"], correlation_id=last["job"])
    return _Looked({**before, "told": [*told, tale]}, repair)


def _differences(
    ports: Ports, last: Mapping[str, Any], name: str, endpoint: EndpointState | None
) -> tuple[Drift, ...] | None:
    """The differences from the last release; None while an operation runs."""
    if endpoint is None:
        return drifts(last, None, ())
    deployments = ports.workspace.deployments(name)
    if endpoint.busy or any(it.busy for it in deployments):
        return None
    kept = ports.ledger.read(last["job"], "release")
    release = from_json(kept) if kept is not None else None
    found = drifts(last, endpoint, deployments, release)
    if release is None:
        return found
    return (*found, *_roles(ports, release, endpoint, deployments))


def _roles(
    ports: Ports,
    release: Release,
    endpoint: EndpointState,
    deployments: tuple[DeploymentState, ...],
) -> Iterator[Drift]:
    """The roles that the identity needs and lacks; none if they cannot be read."""
    there = Observed(ports.workspace.facts(), endpoint, deployments, endpoint.identity)
    try:
        known = observe_rights(ports, release, there)
    except (AzureFailure, Rejected) as failure:
        named = {"endpoint": endpoint.name}
        _log.warning(
            "The roles of endpoint %s could not be read: %s", endpoint.name, failure, extra=named
        )
        return
    principal = known.identity.principal_id or ""
    for grant in needed_grants(release, known):
        held = any(covers(it, grant, principal) for it in known.assignments)
        if grant.known and not grant.optional and not held:
            yield Drift(f"role {grant.role.name} at {grant.scope}", "granted", "missing")


def _was_removed(ports: Ports, name: str, last: Mapping[str, Any]) -> bool:
    """True if a person or a time to live had Sluice delete what the release made."""
    newest = ports.ledger.newest_job(name)
    request = ports.ledger.request(newest) if newest is not None else None
    source = request.source if request is not None else None
    if newest is None or not isinstance(source, RemovalSource):
        return False
    result = ports.ledger.read(newest, "result")
    if result is None or result["data"]["outcome"] not in WELL:
        return False
    return source.deployment in {None, last["deployment"]}


def _repair(ports: Ports, name: str, *, key: str) -> str | None:
    """Accept the last release again; the same key is always the same job."""
    try:
        found = resolve(ports, AskedSource(endpoint=name), {}, key=key)
        return accept_source(ports, found.source, found.overrides, Requester("sweep")).job
    except (Rejected, SourceChanged) as refused:
        _log.warning("Endpoint %s cannot be repaired: %s", name, refused, extra={"endpoint": name})
        return None
