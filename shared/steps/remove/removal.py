"""Removals: accept the request, prepare it, and plan its steps."""

from dataclasses import replace

from shared.domain.access.caller import NOBODY, Caller
from shared.domain.access.policy import refusal
from shared.domain.errors import rejected
from shared.domain.jobs.ending import Ending
from shared.domain.jobs.step_call import RESUMED, StepCall
from shared.domain.jobs.step_report import StepFacts, StepReport, ok, waiting
from shared.domain.planning.removal_plan import Inventory, removal_plan
from shared.domain.planning.step import Plan, from_json, to_json
from shared.domain.release.release import JOB_TAG
from shared.domain.requests.request import Claim, DeployRequest, Door, content_hash, job_id
from shared.domain.requests.source import RemovalSource
from shared.ports import Ports
from shared.steps.deploy.endpoint_jobs import queue_job
from shared.steps.deploy.placement import placement
from shared.steps.deploy.visibility import LOOKS
from shared.steps.intake.accept import Accepted, KeyReused, Requester, accept_source
from shared.steps.remove.inventory import take_inventory


def accept_removal(
    ports: Ports, source: RemovalSource, *, door: Door, caller: Caller = NOBODY
) -> Accepted:
    """Make a job of a removal. Raises KeyReused if its key was used for another one."""
    body = content_hash(source.model_dump(mode="json"))
    job = job_id(source, {})
    if ports.ledger.claim_key(source.key, Claim(job=job, body=body)).body != body:
        raise KeyReused("The idempotency key was used for another request")
    return accept_source(ports, source, {}, Requester(door, caller=caller))


def requested_removal(ports: Ports, job: str) -> RemovalSource | None:
    """What the job is to delete; None if the job is a deployment."""
    request = ports.ledger.request(job)
    source = request.source if request is not None else None
    return source if isinstance(source, RemovalSource) else None


def prepare_removal(ports: Ports, call: StepCall) -> StepReport:
    """Check that the removal is allowed, and queue it. Raises Rejected with every reason."""
    if ports.ledger.read(call.job, "result") is not None:
        return StepReport("done")
    request, asked = ports.ledger.request(call.job), _asked(ports, call.job)
    assert request is not None
    if ports.ledger.read(call.job, "plan") is None:
        _allow(ports, request, asked)
        planned = _plan(call, asked, take_inventory(ports, asked.endpoint))
        if isinstance(planned, StepReport):
            return planned
    older = queue_job(ports, asked.endpoint, call.job, request.order).older
    ports.ledger.set_state(call.job, "running", asked.endpoint)
    return ok(
        asked.why,
        StepFacts(
            endpoint=asked.endpoint,
            job_kind="removal",
            grant=ports.limits.grant,
            operation=ports.limits.operation,
            older=older,
        ),
    )


def plan_removal(ports: Ports, call: StepCall) -> StepReport:
    """Plan the removal once no operation runs on the endpoint; the ledger keeps the plan."""
    kept = ports.ledger.read(call.job, "plan")
    known = {} if kept is None else {RESUMED: True}
    if kept is None:
        asked = _asked(ports, call.job)
        found = take_inventory(ports, asked.endpoint)
        busy = [it.name for it in (found.endpoint, *found.deployments) if it and it.busy]
        if found.endpoint is None and found.released and call.tries <= LOOKS:
            return waiting("Looking again whether Azure shows the endpoint")
        if busy:
            return waiting(f"{busy[0]} is being changed by an operation that still runs")
        planned = _plan(call, asked, found)
        if isinstance(planned, StepReport):
            return planned
        document = to_json(replace(planned, fence=call.fence or 0))
        kept = ports.ledger.write_once(call.job, "plan", document)
    made = from_json(kept)
    return ok(
        f"{len(made.steps)} steps" if made.steps else "it is gone already",
        StepFacts(steps=made.steps, known=known, ending=Ending(deployment=made.deployment)),
    )


def _plan(call: StepCall, asked: RemovalSource, found: Inventory) -> Plan | StepReport:
    """Plan the removal; look again first where Azure may show an older state.

    Raises Rejected if it is not allowed.
    """
    name = asked.deployment
    if name is not None and not found.shows_newest(name) and call.tries <= LOOKS:
        return waiting("Looking again whether Azure shows the newest release")
    return removal_plan(asked, found)


def undo_nothing(ports: Ports, call: StepCall) -> StepReport:
    """Undo nothing: deletions are final, and the rest stays as it is."""
    del ports, call
    return ok("what is deleted stays deleted")


def _allow(ports: Ports, request: DeployRequest, asked: RemovalSource) -> None:
    """Raise Rejected if the caller may not deploy to the endpoint: then it may not delete it."""
    path = _path_of(ports, asked.endpoint)
    why = refusal(ports.policy, placement(ports, path, asked.endpoint, request.caller))
    if why is not None and not path:
        why = "Nothing was released to it, and Sluice did not make it: only a rule without a prefix"
        why += " lets it be deleted"
    if why is not None:
        raise rejected(f"endpoint {asked.endpoint}", why, "Ask the operator for a rule")


def _path_of(ports: Ports, endpoint: str) -> str:
    """Path of the flow that was released last, else of the one that the endpoint was made for."""
    released = ports.ledger.releases(endpoint)
    if released:
        return str(released[0]["path"])
    state = ports.workspace.endpoint(endpoint)
    maker = state.tags.get(JOB_TAG) if state is not None else None
    request = ports.ledger.request(maker) if maker else None
    return str(getattr(request.source, "path", "")) if request is not None else ""


def _asked(ports: Ports, job: str) -> RemovalSource:
    asked = requested_removal(ports, job)
    if asked is None:
        raise LookupError(f"Job {job} is not a removal")
    return asked
