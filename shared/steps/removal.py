"""Removals: accepted as requests, planned from what there is, and the steps that delete."""

from collections.abc import Callable

from shared.domain.access import RoleAssignment
from shared.domain.endpoint import EndpointState
from shared.domain.errors import rejected
from shared.domain.job import Door, RemovalSource, content_hash, job_id
from shared.domain.policy import refusal
from shared.domain.release import from_json as release_from_json
from shared.domain.removal import There, removal_plan
from shared.domain.report import Report, ok, waiting
from shared.domain.step import from_json, steps_to_json, to_json
from shared.ports import Ports
from shared.steps.accept import Accepted, KeyReused, accept
from shared.steps.call import Call

Step = Callable[[Ports, Call], Report]


def accept_removal(
    ports: Ports, source: RemovalSource, *, door: Door, order: str, by: str = ""
) -> Accepted:
    """Make a job of it. A key that was used for another removal is refused as KeyReused."""
    body = content_hash(source.model_dump(mode="json"))
    job = job_id(source, {})
    if ports.ledger.claim_key(source.key, job, body)[1] != body:
        raise KeyReused("The idempotency key was used for another request")
    return accept(ports, source, {}, door=door, order=order, by=by)


def either(deploys: Step, removes: Step) -> Step:
    """The step of a deployment or of a removal, as the job's request says."""

    def step(ports: Ports, call: Call) -> Report:
        removal = removal_asked(ports, call.job) is not None
        return (removes if removal else deploys)(ports, call)

    return step


def removal_asked(ports: Ports, job: str) -> RemovalSource | None:
    """What the job shall delete; None where it is a deployment."""
    request = ports.ledger.request(job)
    source = request.source if request is not None else None
    return source if isinstance(source, RemovalSource) else None


def prepare_removal(ports: Ports, call: Call) -> Report:
    """The removal may be, and is enlisted for its endpoint. Raises Rejected with every reason."""
    if ports.ledger.read(call.job, "result") is not None:
        return Report("done")
    request, asked = ports.ledger.request(call.job), _asked(ports, call.job)
    assert request is not None
    if ports.ledger.read(call.job, "plan") is None:
        _allow(ports, asked)
        removal_plan(asked, there(ports, asked.endpoint))
    ports.ledger.enlist(asked.endpoint, call.job, request.order)
    ports.ledger.set_state(call.job, "running", asked.endpoint)
    return ok(
        asked.why,
        endpoint=asked.endpoint,
        propagation=0.0,
        grant=ports.limits.grant,
        operation=ports.limits.operation,
    )


def plan_removal(ports: Ports, call: Call) -> Report:
    """The plan that the ledger keeps; made once, when the endpoint has come to rest."""
    kept = ports.ledger.read(call.job, "plan")
    if kept is None:
        asked = _asked(ports, call.job)
        found = there(ports, asked.endpoint)
        busy = [it.name for it in (found.endpoint, *found.deployments) if it and it.busy]
        if busy:
            return waiting(f"{busy[0]} is being changed by an operation that still runs")
        plan = to_json(removal_plan(asked, found))
        kept = ports.ledger.write_once(call.job, "plan", plan)
    made = from_json(kept)
    return ok(
        f"{len(made.steps)} steps" if made.steps else "it is gone already",
        steps=steps_to_json(made.steps),
        deployment=made.deployment,
        granted_at="",
    )


def no_way_back(ports: Ports, call: Call) -> Report:
    """What is deleted stays deleted; what is not stays as it is."""
    del ports, call
    return ok("what is deleted stays deleted", steps=[], moved=False)


def delete_endpoint(ports: Ports, call: Call) -> Report:
    """The endpoint is gone, with all that was behind it."""
    name = call.endpoint
    state = ports.workspace.endpoint(name)
    if state is None:
        behind = [{"kind": "deployment", "name": it} for it in call.arguments["deployments"]]
        return ok(removed=[{"kind": "endpoint", "name": name}, *behind])
    if state.busy:
        return waiting(f"Azure is working on {name}", operation=state.operation_url)
    operation = ports.workspace.delete_endpoint(name)
    return waiting(f"Azure ML deletes {name}, which can take 20 minutes", operation=operation)


def delete_role_assignment(ports: Ports, call: Call) -> Report:
    """The role assignment is gone."""
    given = call.arguments
    ports.roles.take_away(given["id"])
    told = {"kind": "role assignment", "name": given["role"]}
    return ok(removed=[{**told, "scope": given["scope"], "id": given["id"]}])


def there(ports: Ports, name: str) -> There:
    """What there is of the endpoint, and of what Sluice granted for it."""
    released = frozenset(it["deployment"] for it in ports.ledger.releases(name))
    endpoint = ports.workspace.endpoint(name)
    if endpoint is None:
        return There(None, released=released)
    return There(
        endpoint,
        ports.workspace.deployments(name),
        _assignments(ports, endpoint),
        _others(ports, endpoint),
        released,
    )


def _assignments(ports: Ports, endpoint: EndpointState) -> tuple[RoleAssignment, ...]:
    """What the identity holds at the scopes where Sluice may have granted, each once."""
    principal = endpoint.identity.principal_id
    if principal is None:
        return ()
    found = {
        held.id: held
        for scope in sorted(_scopes(ports, endpoint.name))
        for held in ports.roles.assignments(scope, principal)
    }
    return tuple(found.values())


def _scopes(ports: Ports, name: str) -> set[str]:
    facts = ports.workspace.facts()
    known = {facts.id, facts.storage_account_id, facts.container_registry_id or facts.id}
    for entry in ports.ledger.releases(name)[:1]:
        kept = ports.ledger.read(entry["job"], "release")
        if kept is not None:
            known |= {it.scope for it in release_from_json(kept).access.roles}
    return known


def _others(ports: Ports, endpoint: EndpointState) -> tuple[str, ...]:
    if endpoint.identity.kind == "SystemAssigned":
        return ()
    mine = (endpoint.identity.resource_id or "").lower()
    return tuple(
        it.name
        for it in ports.workspace.endpoints()
        if it.name != endpoint.name and (it.identity.resource_id or "").lower() == mine
    )


def _allow(ports: Ports, asked: RemovalSource) -> None:
    """Whoever may not deploy to an endpoint may not delete it either. Raises Rejected."""
    released = ports.ledger.releases(asked.endpoint)
    path = str(released[0]["path"]) if released else ""
    workspace = ports.workspace_name
    why = refusal(ports.policy, path=path, endpoint=asked.endpoint, workspace=workspace)
    if why is not None:
        raise rejected(f"endpoint {asked.endpoint}", why, "Ask the operator for a rule")


def _asked(ports: Ports, job: str) -> RemovalSource:
    asked = removal_asked(ports, job)
    if asked is None:
        raise LookupError(f"Job {job} is no removal")
    return asked
