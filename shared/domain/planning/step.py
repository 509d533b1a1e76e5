"""Steps, plans, and the observed state that a plan is made from."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Literal

from pydantic import TypeAdapter

from shared.domain.access.roles import Grant, RoleAssignment
from shared.domain.azure.endpoint import DeploymentState, EndpointState, Identity, WorkspaceFacts
from shared.domain.planning.quota import Usage
from shared.domain.release.history import Released

StepKind = Literal[
    "ensure_endpoint",
    "ensure_role_assignment",
    "ensure_model",
    "ensure_code",
    "ensure_environment",
    "ensure_data_assets",
    "ensure_deployment",
    "smoke_test",
    "compare",
    "approval",
    "set_traffic",
    "bake",
    "verify",
    "delete_deployment",
    "restore_deployment",
    "delete_endpoint",
    "delete_role_assignment",
]

Stage = Literal["prepare", "plan", "undo"]
"""The steps of every job that stand in no plan."""

_ONLY_READ = frozenset(
    {"approval", "smoke_test", "compare", "bake", "verify", "prepare", "plan", "undo"}
)


@dataclass(frozen=True)
class Step:
    """One change, ensured.

    Args:
        kind: what it ensures; selects the function that runs it.
        title: the same, for people.
        arguments: what the step needs beyond the release; JSON.
        optional: its failure is a warning and does not cause a rollback.
    """

    kind: StepKind | Stage
    title: str
    arguments: Mapping[str, Any] = field(default_factory=dict)
    optional: bool = False


@dataclass(frozen=True)
class Observed:
    """The state before anything is changed.

    Args:
        identity: identity of the endpoint; its principal is None until the endpoint is created.
        assignments: its role assignments at or above the scopes it needs.
        released: deployments that have served, by the ledger.
        newest: the deployment that was released last.
        digests: the contents that were released, by the ledger.
        releases: by deployment, its newest release, by the ledger.
        grants: grants that the identity needs besides those for serving.
        ungranted: grants that it needs and the policy does not let Sluice give.
        usages: the quota usage of the size's family, None if not read or not allowed.
        failed_endpoint: creating the endpoint failed and it has no deployments: it must be created
            anew, so `endpoint` is None.
        replaced: body of a PUT that restores the deployment with the release's fixed name.
        reads_secrets: Sluice itself may read the secrets of connections; looked up only if needed.
    """

    workspace: WorkspaceFacts
    endpoint: EndpointState | None
    deployments: tuple[DeploymentState, ...]
    identity: Identity
    assignments: tuple[RoleAssignment, ...] = ()
    released: frozenset[str] = frozenset()
    newest: str | None = None
    digests: frozenset[str] = frozenset()
    releases: Mapping[str, Released] = field(default_factory=dict)
    grants: tuple[Grant, ...] = ()
    ungranted: tuple[Grant, ...] = ()
    reads_secrets: bool = False
    usages: tuple[Usage, ...] | None = None
    replaced: Mapping[str, Any] | None = None
    failed_endpoint: bool = False


@dataclass(frozen=True)
class Prior:
    """The state to roll back to. `replaced`: body of a PUT that restores a replaced deployment."""

    existed: bool
    traffic: Mapping[str, int] = field(default_factory=dict)
    instances: Mapping[str, int] = field(default_factory=dict)
    replaced: Mapping[str, Any] | None = None


@dataclass(frozen=True)
class Plan:
    """Ordered steps, and the state before them. No steps: the release already serves.

    `granted_at` is when the newest of the identity's existing roles was granted (ISO 8601, UTC;
    empty for none): a new one may not have taken effect yet. `client_id` is that of a user-assigned
    identity. `warnings` go into the result, however the job ends. `fence` is the number of the turn
    that the plan was made in.
    """

    deployment: str
    steps: tuple[Step, ...]
    prior: Prior
    granted_at: str = ""
    client_id: str | None = None
    warnings: tuple[str, ...] = ()
    fence: int = 0


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


def writes(step: Step) -> bool:
    """Return whether the step changes anything in Azure."""
    return step.kind not in _ONLY_READ


def last_step(steps: Sequence[Step]) -> int:
    """Return the place of the last step that may not fail, or of the last one; -1 without steps."""
    needed = [number for number, step in enumerate(steps) if not step.optional]
    return needed[-1] if needed else len(steps) - 1


def live(traffic: Mapping[str, int]) -> dict[str, int]:
    """Return the deployments that get any traffic."""
    return {name: share for name, share in traffic.items() if share}
