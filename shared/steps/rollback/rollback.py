"""Roll an endpoint back to its previous good release, and hold it there.

The hold comes first: from then on nothing that was dropped takes the turn. The rollback is a job
like any other, but it gives way to none. A crash between the two leaves an endpoint that is held
and a caller without an answer, who repeats the request.
"""

from dataclasses import dataclass

from shared.domain.access.caller import Caller
from shared.domain.errors import Rejected, rejected
from shared.domain.identifiers.names import EndpointName
from shared.domain.planning.step import live
from shared.domain.release.history import Entry, previous_good
from shared.domain.requests.hold import Hold
from shared.domain.requests.request import content_hash, job_id, stamp
from shared.domain.requests.source import RevisionSource
from shared.ports import Ports
from shared.steps.deploy.placement import placement, require_allowed
from shared.steps.deploy.planning import kept_plan
from shared.steps.intake.accept import Accepted, Requester, accept_source
from shared.steps.intake.idempotency_keys import bind_key, find_job


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
    known = find_job(ports, key, body)
    if known is not None:
        ended = ports.ledger.read(known, "result") is not None
        return RolledBack(Accepted(known, ended=ended), None)
    releases = ports.ledger.releases(endpoint)
    if not releases:
        raise _nothing(endpoint, "Sluice has released nothing to it")
    place = placement(ports, str(releases[0]["path"]), endpoint, caller)
    require_allowed(ports, place, f"endpoint {endpoint}")
    running = _running(ports, endpoint)
    if running is not None and _is_rollback(ports, running):
        return RolledBack(Accepted(running, ended=False), None)
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
    overrides = target.get("overrides", {})
    job = bind_key(ports, key, body, job_id(source, overrides))
    mark = Hold(at=stamp(ports.now()), by=caller.name, reason=reason, job=job)
    ports.ledger.set_hold(endpoint, mark)
    accepted = accept_source(ports, source, overrides, Requester("http", caller=caller), job=job)
    request = ports.ledger.request(job)
    assert request is not None
    ports.ledger.queue_job(endpoint, job, request.order)
    return RolledBack(accepted, running)


def resume(ports: Ports, endpoint: EndpointName, caller: Caller) -> str | None:
    """Remove the endpoint's hold; returns the job that waited for it, or None.

    Raises Rejected if the policy refuses it, or if nothing was ever released to the endpoint.
    """
    releases = ports.ledger.releases(endpoint)
    if not releases:
        raise _nothing(endpoint, "Sluice has released nothing to it")
    place = placement(ports, str(releases[0]["path"]), endpoint, caller)
    require_allowed(ports, place, f"endpoint {endpoint}")
    ports.ledger.clear_hold(endpoint)
    return _running(ports, endpoint)


def _running(ports: Ports, endpoint: str) -> str | None:
    """The newest job of the endpoint, unless it has ended."""
    newest = ports.ledger.newest_job(endpoint)
    if newest is None or ports.ledger.read(newest, "result") is not None:
        return None
    return newest


def _is_rollback(ports: Ports, job: str) -> bool:
    request = ports.ledger.request(job)
    return request is not None and request.is_rollback


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
    remedy = "To stop a job that runs: POST /api/jobs/{job}/cancel"
    return rejected(f"endpoint {endpoint}", cause, remedy)
