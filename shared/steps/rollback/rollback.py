"""Roll an endpoint back to its previous good release, and hold it there.

The hold comes first: from then on nothing that was dropped takes the turn. It names the rollback's
job, so that of several callers at once one makes the job and the others join it. The rollback is a
job like any other, but it gives way to none. A crash between the two leaves an endpoint that is
held and a caller without an answer: whoever asks next makes the job.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from shared.domain.access.caller import Caller
from shared.domain.errors import Rejected, rejected
from shared.domain.how_to import how_to
from shared.domain.identifiers.names import EndpointName
from shared.domain.planning.step import live
from shared.domain.release.history import Entry, previous_good
from shared.domain.requests.hold import Hold
from shared.domain.requests.request import Claim, content_hash, job_id, stamp
from shared.domain.requests.source import RevisionSource
from shared.ports import Ports
from shared.steps.deploy.endpoint_jobs import has_ended, running_job
from shared.steps.deploy.placement import placement, require_allowed
from shared.steps.deploy.planning import kept_plan
from shared.steps.intake.accept import Accepted, Requester, accept_source
from shared.steps.intake.idempotency_keys import bind_key, find_job
from shared.steps.rollback.hold import hold_for, open_rollback


@dataclass(frozen=True)
class RolledBack:
    """The rollback's job, and the job that was changing the endpoint, which must give way."""

    accepted: Accepted
    interrupted: str | None


def roll_back(
    ports: Ports, endpoint: EndpointName, *, key: str, reason: str, caller: Caller
) -> RolledBack:
    """Hold the endpoint, and make a job that gives its traffic to the previous good release.

    In the middle of a rollout that is the release that still serves. A second request while a
    rollback runs is the same job, and so is one with the same `key`.

    Raises Rejected if the policy refuses it, or if there is no previous release; KeyReused.
    """
    body = content_hash(["rollback", endpoint, reason])
    known = find_job(ports, key, body).job
    if known is not None:
        return RolledBack(_accepted(ports, known), None)
    releases = _releases(ports, endpoint, caller)
    running = running_job(ports, endpoint)
    mark = Hold(at=stamp(ports.now()), by=caller.name, reason=reason)
    joined = open_rollback(ports, endpoint, running)
    if joined is not None and ports.ledger.request(joined) is not None:
        hold_for(ports, endpoint, mark.model_copy(update={"job": joined}))
        job = bind_key(ports, key, Claim(job=joined, body=body)).job
        return RolledBack(_accepted(ports, job), running if running != job else None)
    source, overrides = _way_back(ports, endpoint, releases, running, key)
    made = mark.model_copy(update={"job": job_id(source, overrides)})
    held_for = hold_for(ports, endpoint, made)
    job = bind_key(ports, key, Claim(job=held_for, body=body)).job
    if job != held_for:
        return RolledBack(_accepted(ports, job), None)
    accepted = accept_source(ports, source, overrides, Requester("http", caller=caller), job=job)
    request = ports.ledger.request(job)
    assert request is not None
    ports.ledger.queue_job(endpoint, job, request.order)
    return RolledBack(accepted, running)


def _accepted(ports: Ports, job: str) -> Accepted:
    return Accepted(job, ended=has_ended(ports, job))


def _way_back(
    ports: Ports,
    endpoint: str,
    releases: tuple[dict[str, Any], ...],
    running: str | None,
    key: str,
) -> tuple[RevisionSource, Mapping[str, Any]]:
    """The release to put back, as a source with its overrides."""
    in_progress = running is not None and _in_progress(ports, endpoint, running, releases[0])
    target = releases[0] if in_progress else previous_good(releases)
    if target is None:
        raise _nothing(endpoint, "Nothing else has served there that Sluice could put back")
    source = RevisionSource(
        endpoint=endpoint,
        digest=target["digest"],
        path=target["path"],
        package=target["package"],
        key=key,
        restores=target["job"],
    )
    return source, target.get("overrides", {})


def resume(ports: Ports, endpoint: EndpointName, caller: Caller) -> str | None:
    """Remove the endpoint's hold; returns the job that waited for it, or None.

    Raises Rejected if the policy refuses it, or if nothing was ever released to the endpoint.
    """
    _releases(ports, endpoint, caller)
    ports.ledger.clear_hold(endpoint)
    return running_job(ports, endpoint)


def _releases(ports: Ports, endpoint: EndpointName, caller: Caller) -> tuple[dict[str, Any], ...]:
    """The endpoint's releases, newest first; there are some, and the caller may deploy there."""
    releases = ports.ledger.releases(endpoint)
    if not releases:
        raise _nothing(endpoint, "Sluice has released nothing to it")
    place = placement(ports, str(releases[0]["path"]), endpoint, caller)
    require_allowed(ports, place, f"endpoint {endpoint}")
    return releases


def _in_progress(ports: Ports, endpoint: str, job: str, last: Entry) -> bool:
    """True if that job is taking the traffic from the last release, or replaces its deployment.

    A job that waits, or that creates a deployment beside the one that serves, does not count: who
    asks for a rollback then means what serves.
    """
    plan = kept_plan(ports, job)
    if plan is None:
        return False
    state = ports.workspace.endpoint(endpoint)
    if state is None or plan.prior.replaced is not None:
        return True
    return live(state.traffic) != {last["deployment"]: 100} or bool(live(state.mirror_traffic))


def _nothing(endpoint: str, cause: str) -> Rejected:
    remedy = f"Look what serves and which jobs run: {how_to('show', endpoint)}"
    return rejected(f"endpoint {endpoint}", cause, remedy)
