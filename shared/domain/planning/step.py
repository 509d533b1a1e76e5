"""Steps and plans: what a plan is made of, and what it was made from."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Literal

from pydantic import TypeAdapter

from shared.domain.access.roles import Grant, RoleAssignment
from shared.domain.azure.endpoint import DeploymentState, EndpointState, Identity, WorkspaceFacts
from shared.domain.planning.quota import Usage

StepKind = Literal[
    "ensure_endpoint",
    "ensure_role_assignment",
    "ensure_model",
    "ensure_environment",
    "ensure_data_assets",
    "ensure_deployment",
    "smoke_test",
    "set_traffic",
    "verify",
    "delete_deployment",
    "restore_deployment",
    "delete_endpoint",
    "delete_role_assignment",
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
        newest: the one of them that was released last.
        grants: what the identity needs besides what serving itself takes.
        ungranted: what it needs and the policy does not let Sluice give.
        usages: of the region's quota, None where nobody looked or Sluice may not.
        failed_endpoint: the endpoint failed when Sluice made it and nothing is behind it: it is to
            be made anew, so `endpoint` is None.
        replaced: the deployment of the release's fixed name, as a PUT would have it back.
        reads_secrets: Sluice itself may read the secrets of connections; looked up only where it
            matters.
    """

    workspace: WorkspaceFacts
    endpoint: EndpointState | None
    deployments: tuple[DeploymentState, ...]
    identity: Identity
    assignments: tuple[RoleAssignment, ...] = ()
    released: frozenset[str] = frozenset()
    newest: str | None = None
    grants: tuple[Grant, ...] = ()
    ungranted: tuple[Grant, ...] = ()
    reads_secrets: bool = False
    usages: tuple[Usage, ...] | None = None
    replaced: Mapping[str, Any] | None = None
    failed_endpoint: bool = False


@dataclass(frozen=True)
class Prior:
    """What to go back to. `replaced`: what a PUT takes to have a replaced deployment back."""

    existed: bool
    traffic: Mapping[str, int] = field(default_factory=dict)
    instances: Mapping[str, int] = field(default_factory=dict)
    replaced: Mapping[str, Any] | None = None


@dataclass(frozen=True)
class Plan:
    """Ordered steps, and what there was before them. No steps: what is asked already serves.

    `granted_at` is when the newest of the roles that the identity held already was granted (ISO
    8601, UTC; empty for none): a fresh one may not be in force yet. `client_id` is the endpoint's
    user-assigned identity's. `warnings` go into the result, however the job ends.
    """

    deployment: str
    steps: tuple[Step, ...]
    prior: Prior
    granted_at: str = ""
    client_id: str | None = None
    warnings: tuple[str, ...] = ()


@cache
def _plan_adapter() -> TypeAdapter[Plan]:
    """Built when first needed: it takes longer than the rest of the import."""
    return TypeAdapter(Plan)


@cache
def _steps_adapter() -> TypeAdapter[tuple[Step, ...]]:
    """Built when first needed: it takes longer than the rest of the import."""
    return TypeAdapter(tuple[Step, ...])


def to_json(plan: Plan) -> dict[str, Any]:
    plain: dict[str, Any] = _plan_adapter().dump_python(plan, mode="json")
    return plain


def from_json(plain: Mapping[str, Any]) -> Plan:
    return _plan_adapter().validate_python(plain)


def steps_to_json(steps: tuple[Step, ...]) -> list[dict[str, Any]]:
    plain: list[dict[str, Any]] = _steps_adapter().dump_python(steps, mode="json")
    return plain


def live(traffic: Mapping[str, int]) -> dict[str, int]:
    return {name: share for name, share in traffic.items() if share}
