"""Observes the endpoint and plans, before the first write; and plans the undo."""

from collections.abc import Collection
from dataclasses import replace
from typing import Any

from shared.domain.azure.endpoint import EndpointState, Identity
from shared.domain.jobs.begun import begun_writes
from shared.domain.jobs.ending import Ending
from shared.domain.jobs.step_call import StepCall
from shared.domain.jobs.step_report import StepFacts, StepReport, ok, waiting
from shared.domain.planning.endpoint_spec import made_anew
from shared.domain.planning.plan import plan
from shared.domain.planning.step import Observed, Plan, Step, from_json, to_json
from shared.domain.planning.undo import makes_endpoint, moves_traffic, stays, undo
from shared.domain.release.release import Release
from shared.ports import Ports
from shared.steps.deploy.deployment_observed import observe_deployment
from shared.steps.deploy.kept_release import release_of
from shared.steps.deploy.rights import observe_rights
from shared.steps.deploy.verdicts import was_sent_back
from shared.steps.deploy.visibility import LOOKS


def make_plan(ports: Ports, call: StepCall) -> StepReport:
    """Plan the deployment once no operation runs on the endpoint; the ledger keeps the plan."""
    release = release_of(ports, call.job)
    kept = ports.ledger.read(call.job, "plan", listed=True)
    known = dict[str, Any]()
    if kept is not None:
        ports.seen.forget(call.job)
    else:
        observed = observe(ports, release)
        if (busy := busy_part(observed)) is not None:
            return waiting(f"{busy} is being changed by an operation that still runs")
        if call.tries <= LOOKS and not shows_newest(observed, had_a_job=(call.fence or 0) > 1):
            return waiting("Looking again whether Azure shows what was written last")
        observed = observe_needs(ports, release, observed)
        made = to_json(replace(plan(release, observed), fence=call.fence or 0))
        kept = ports.ledger.write_once(call.job, "plan", made)
        if kept == made:  # else another run of this step wrote it, and its steps may have run
            ports.seen.keep(call.job, call.fence or 0, observed, ports.now())
        known = known_of(observed.endpoint)
    planned = from_json(kept)
    return ok(
        "nothing to do" if not planned.steps else f"{len(planned.steps)} steps",
        StepFacts(
            steps=planned.steps,
            granted_at=planned.granted_at,
            known=known,
            ending=Ending(deployment=planned.deployment, warnings=planned.warnings),
        ),
    )


def known_of(endpoint: EndpointState | None) -> dict[str, Any]:
    """What later steps need to know of an endpoint; nothing if there is none."""
    if endpoint is None:
        return {}
    place = [endpoint.scoring_uri, endpoint.auth_mode]
    return {"principal_id": endpoint.identity.principal_id, "place": place}


def make_undo(ports: Ports, call: StepCall) -> StepReport:
    """Plan how to undo what the job has done; waits until no operation runs."""
    made = kept_plan(ports, call.job)
    if made is None:
        return ok("nothing was changed")
    release = release_of(ports, call.job)
    observed = observe(ports, release)
    if (busy := busy_part(observed)) is not None:
        return waiting(f"{busy} is being changed by an operation that still runs")
    shown = observed.endpoint
    if observed.failed_endpoint:
        shown = ports.workspace.endpoint(release.endpoint.name)
    if shown is None and makes_endpoint(made) and call.tries <= LOOKS:
        return waiting("Looking again whether Azure shows a new endpoint")
    moved, written = bool(call.arguments.get("moved")), set(call.arguments.get("written", ()))
    keep = release.rollout.keep_failed and was_sent_back(ports, call.job, made)

    def back(*, moved: bool, written: Collection[str]) -> tuple[Step, ...]:
        deployed = "ensure_deployment" in written
        return undo(made, observed, moved=moved, deployed=deployed, keep=keep)

    known = back(moved=moved, written=written)
    begun = begun_writes(ports.ledger.timeline(call.job))
    steps = back(moved=moved or "set_traffic" in begun, written=written | begun)
    ending = Ending(stays=stays(made, release, shown))
    return ok(facts=StepFacts(steps=steps, moved=moves_traffic(known), ending=ending))


def shows_newest(observed: Observed, *, had_a_job: bool) -> bool:
    """True if Azure shows the newest release with traffic, or what an earlier job made.

    If not, it may be gone, or not be shown yet. A few more looks cost little; a plan made from a
    stale view would clear the traffic, move it back wrongly, or miss an endpoint that failed.
    """
    newest, endpoint = observed.newest, observed.endpoint
    if observed.failed_endpoint:
        return True
    if newest is None:
        return endpoint is not None or not had_a_job
    there = any(it.name == newest for it in observed.deployments)
    return endpoint is not None and there and bool(endpoint.traffic.get(newest))


def kept_plan(ports: Ports, job: str) -> Plan | None:
    kept = ports.ledger.read(job, "plan")
    return None if kept is None else from_json(kept)


def observe(ports: Ports, release: Release) -> Observed:
    """Read the endpoint, its deployments and its identity as they are now."""
    name = release.endpoint.name
    facts = ports.workspace.facts(newest=True)
    endpoint = ports.workspace.endpoint(name)
    deployments = ports.workspace.deployments(name) if endpoint is not None else ()
    failed = made_anew(endpoint, behind=bool(deployments))
    if failed:
        endpoint = None
    asked = endpoint.identity if endpoint is not None else release.endpoint.identity
    identity = _with_ids(ports, asked or Identity())
    released = ports.ledger.released(name)
    return Observed(
        workspace=facts,
        endpoint=endpoint,
        deployments=deployments,
        failed_endpoint=failed,
        identity=identity,
        released=frozenset(it.deployment for it in released),
        newest=released[0].deployment if released else None,
        digests=frozenset(it.digest for it in released),
        releases={it.deployment: it for it in reversed(released)},
    )


def _with_ids(ports: Ports, identity: Identity) -> Identity:
    """Add principal and client id to a user-assigned identity that exists."""
    if identity.resource_id is None or identity.client_id is not None:
        return identity
    return ports.workspace.user_identity(identity.resource_id) or identity


def observe_needs(ports: Ports, release: Release, observed: Observed) -> Observed:
    """Add what a plan depends on besides: rights, quota, and what is replaced."""
    return observe_deployment(ports, release, observe_rights(ports, release, observed))


def busy_part(observed: Observed) -> str | None:
    """What an operation still changes: the endpoint or a deployment; None if nothing."""
    if observed.endpoint is not None and observed.endpoint.busy:
        return f"Endpoint {observed.endpoint.name}"
    return next((f"Deployment {it.name}" for it in observed.deployments if it.busy), None)
