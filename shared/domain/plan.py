"""The plan: from what is asked and what there is, the steps between. Pure: no I/O, no clock."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from pydantic import TypeAdapter

from shared.domain.access import Grant, RoleAssignment, covers, grant_command, required_grants
from shared.domain.endpoint import DeploymentState, EndpointState, Identity, WorkspaceFacts
from shared.domain.errors import Finding, Rejected
from shared.domain.release import DIGEST_TAG, Release, endpoint_as_asked

StepKind = Literal[
    "ensure_endpoint",
    "ensure_role_assignment",
    "ensure_model",
    "ensure_environment",
    "ensure_deployment",
    "smoke_test",
    "set_traffic",
    "verify",
    "delete_deployment",
]


@dataclass(frozen=True)
class Step:
    """One change, ensured.

    Args:
        kind: what it ensures; the table of steps goes by it.
        title: the same, for people.
        arguments: what the step needs beyond the release; JSON.
        optional: its failure is a warning, not a reason to go back.
    """

    kind: StepKind
    title: str
    arguments: Mapping[str, Any] = field(default_factory=dict)
    optional: bool = False


@dataclass(frozen=True)
class Observed:
    """What there is before anything is changed.

    Args:
        identity: whom the endpoint runs or will run as; its principal is None while unborn.
        assignments: what that identity holds at or above the scopes it needs.
        released: deployments that served once, by the ledger.
    """

    workspace: WorkspaceFacts
    endpoint: EndpointState | None
    deployments: tuple[DeploymentState, ...]
    identity: Identity
    assignments: tuple[RoleAssignment, ...] = ()
    released: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Prior:
    """What to go back to."""

    existed: bool
    traffic: Mapping[str, int] = field(default_factory=dict)
    instances: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Plan:
    """Ordered steps, and what there was before them. No steps: what is asked already serves."""

    deployment: str
    steps: tuple[Step, ...]
    prior: Prior


_PLAN: TypeAdapter[Plan] = TypeAdapter(Plan)
_STEPS: TypeAdapter[tuple[Step, ...]] = TypeAdapter(tuple[Step, ...])


def to_json(plan: Plan) -> dict[str, Any]:
    plain: dict[str, Any] = _PLAN.dump_python(plan, mode="json")
    return plain


def from_json(plain: Mapping[str, Any]) -> Plan:
    return _PLAN.validate_python(plain)


def steps_to_json(steps: tuple[Step, ...]) -> list[dict[str, Any]]:
    plain: list[dict[str, Any]] = _STEPS.dump_python(steps, mode="json")
    return plain


def plan(release: Release, observed: Observed) -> Plan:
    """The steps from what there is to what is asked. Raises Rejected where there is no way."""
    _refuse_the_impossible(release, observed)
    name = release.deployment_name
    steps = [*_endpoint(release, observed), *_roles(observed), *_deployment(release, observed)]
    live = observed.endpoint is not None and dict(_live(observed.endpoint.traffic)) == {name: 100}
    if steps or not live:
        steps += _traffic(name, moves=not live)
        steps += _deletions(release, observed)
    return Plan(name, tuple(steps), _prior(observed))


def undo(made: Plan, observed: Observed) -> tuple[Step, ...]:
    """The way back, from what was kept of before and what there is now."""
    if observed.endpoint is None:
        return ()
    prior, steps = made.prior, list[Step]()
    if dict(_live(observed.endpoint.traffic)) != dict(_live(prior.traffic)):
        steps.append(
            Step("set_traffic", "Put the traffic back", {"traffic": dict(_live(prior.traffic))})
        )
    for state in observed.deployments:
        before = prior.instances.get(state.name)
        if state.name == made.deployment and before is None:
            arguments = {"name": state.name}
            steps.append(Step("delete_deployment", "Delete the new deployment", arguments))
        elif state.name == made.deployment and before != state.instance_count:
            arguments = {"instance_count": before}
            steps.append(Step("ensure_deployment", "Put the instance count back", arguments))
    return tuple(steps)


def moves_traffic(steps: tuple[Step, ...]) -> bool:
    return any(step.kind == "set_traffic" for step in steps)


def _live(traffic: Mapping[str, int]) -> dict[str, int]:
    return {name: share for name, share in traffic.items() if share}


def _prior(observed: Observed) -> Prior:
    if observed.endpoint is None:
        return Prior(existed=False)
    return Prior(
        existed=True,
        traffic=dict(observed.endpoint.traffic),
        instances={state.name: state.instance_count for state in observed.deployments},
    )


def _refuse_the_impossible(release: Release, observed: Observed) -> None:
    asked, existing = release.endpoint.identity, observed.endpoint
    if asked is not None and existing is not None:
        same_kind = asked.kind == existing.identity.kind
        same_one = (asked.resource_id or "").lower() == (
            existing.identity.resource_id or ""
        ).lower()
        if not (same_kind and (asked.kind == "SystemAssigned" or same_one)):
            raise Rejected(
                [
                    Finding(
                        "manifest",
                        None,
                        f"Endpoint '{existing.name}' runs as {existing.identity.kind}, and an "
                        "endpoint's identity cannot change after its creation",
                        "Deploy to another endpoint name, or delete the endpoint first",
                    )
                ]
            )
    if asked is not None and asked.kind == "UserAssigned" and not observed.identity.principal_id:
        raise Rejected(
            [
                Finding(
                    "manifest",
                    None,
                    f"There is no user-assigned identity {asked.resource_id}",
                    "Create it (az identity create) or correct the resource id",
                )
            ]
        )


def _endpoint(release: Release, observed: Observed) -> list[Step]:
    existing, name = observed.endpoint, release.endpoint.name
    if existing is None:
        return [Step("ensure_endpoint", f"Create endpoint {name}")]
    if endpoint_as_asked(release.endpoint, existing):
        return []
    return [Step("ensure_endpoint", f"Update endpoint {name}")]


def _roles(observed: Observed) -> list[Step]:
    principal = observed.identity.principal_id
    missing = [
        grant
        for grant in required_grants(observed.identity, observed.workspace)
        if principal is None or not any(covers(it, grant, principal) for it in observed.assignments)
    ]
    return [_role(grant, principal) for grant in missing]


def _role(grant: Grant, principal: str | None) -> Step:
    arguments = {
        "role": grant.role.name,
        "role_id": grant.role.id,
        "scope": grant.scope,
        "why": grant.why,
        "principal_id": principal,
    }
    if principal is not None:
        arguments["command"] = grant_command(grant, principal)
    return Step("ensure_role_assignment", f"Grant {grant.role.name}", arguments)


def _deployment(release: Release, observed: Observed) -> list[Step]:
    name = release.deployment_name
    count = release.deployment.instance_count
    existing = next((it for it in observed.deployments if it.name == name), None)
    if existing is not None and existing.provisioning_state == "Succeeded":
        if count in {None, existing.instance_count}:
            return []
        arguments = {"instance_count": count}
        return [Step("ensure_deployment", f"Scale {name} to {count} instances", arguments)]
    return [
        Step("ensure_model", f"Register model {release.model_name}:{release.digest[:12]}"),
        Step("ensure_environment", f"Register environment {release.environment.version}"),
        Step("ensure_deployment", f"Create deployment {name}", {"instance_count": count}),
    ]


def _traffic(name: str, *, moves: bool) -> list[Step]:
    test = Step("smoke_test", f"Test {name} alone")
    check = Step("verify", "Check that what runs is what was asked for")
    if not moves:
        return [test, check]
    traffic = {"traffic": {name: 100}}
    return [test, Step("set_traffic", f"Move all traffic to {name}", traffic), check]


def _deletions(release: Release, observed: Observed) -> list[Step]:
    """Old deployments that Sluice made, beyond those that `retain` keeps. Others' are left alone.

    What served is kept first, the most recent of it; what never served holds quota for nothing.
    """
    traffic = observed.endpoint.traffic if observed.endpoint else {}
    ours = [
        state
        for state in observed.deployments
        if DIGEST_TAG in state.tags and state.name != release.deployment_name
    ]
    served = [
        it
        for it in ours
        if it.provisioning_state == "Succeeded"
        and (traffic.get(it.name) or it.name in observed.released)
    ]
    served.sort(key=lambda it: (traffic.get(it.name, 0), it.created_at), reverse=True)
    kept = {it.name for it in served[: release.retain]}
    return [
        Step("delete_deployment", f"Delete {it.name}", {"name": it.name}, optional=True)
        for it in ours
        if it.name not in kept
    ]
