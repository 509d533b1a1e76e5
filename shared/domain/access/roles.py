"""Roles that an endpoint's identity needs, at which scope, and the name of each assignment.

Role ids: https://learn.microsoft.com/azure/role-based-access-control/built-in-roles
"""

from dataclasses import dataclass
from uuid import NAMESPACE_URL, uuid5

from shared.domain.access.permission import Permission, permits
from shared.domain.azure.endpoint import Identity, WorkspaceFacts


@dataclass(frozen=True)
class Role:
    """A role: its name for people, its id (a GUID) for ARM."""

    name: str
    id: str


CONNECTION_SECRETS_READER = Role(
    "Azure Machine Learning Workspace Connection Secrets Reader",
    "ea01e6af-a1c1-4350-9563-ad00f8c72ec5",
)
ACR_PULL = Role("AcrPull", "7f951dda-4ed3-4680-a7ca-43fe172d538d")
STORAGE_BLOB_DATA_READER = Role("Storage Blob Data Reader", "2a2b9908-6ea1-4ae2-8e65-a410df84e7d1")
STORAGE_BLOB_DATA_CONTRIBUTOR = Role(
    "Storage Blob Data Contributor", "ba92f5b4-2d11-453d-a403-e96b0029c9fe"
)
OPENAI_USER = Role("Cognitive Services OpenAI User", "5e0bd9bd-7b93-4f28-af87-19fc36ad61bd")
REPOSITORY_READER = Role(
    "Container Registry Repository Reader", "b93aa761-3e63-49ed-ac28-beffa264f7ac"
)
METRICS_WRITER = Role("AzureML Metrics Writer (preview)", "635dd51f-9968-44d3-b7fb-6d9a6bd613ae")
DATA_SCIENTIST = Role("AzureML Data Scientist", "f6c7c914-8db3-469d-8ca1-694a8f32e121")

_GRANTED = (
    CONNECTION_SECRETS_READER,
    ACR_PULL,
    REPOSITORY_READER,
    STORAGE_BLOB_DATA_READER,
    STORAGE_BLOB_DATA_CONTRIBUTOR,
    OPENAI_USER,
    METRICS_WRITER,
    DATA_SCIENTIST,
)
KNOWN_ROLES = frozenset(
    it.id for it in _GRANTED if it not in (DATA_SCIENTIST, STORAGE_BLOB_DATA_CONTRIBUTOR)
)
"""Their permissions need not be looked up: each is needed for one action only."""

_ML = "Microsoft.MachineLearningServices/workspaces"
READ_SECRETS = f"{_ML}/connections/listsecrets/action"
READ_DATASTORES = f"{_ML}/datastores/read"
_PULL = "Microsoft.ContainerRegistry/registries/pull/read"
_READ_REPOSITORY = "Microsoft.ContainerRegistry/registries/repositories/content/read"
_BLOBS = "Microsoft.Storage/storageAccounts/blobServices/containers/blobs"
_READ_BLOBS, _WRITE_BLOBS = f"{_BLOBS}/read", f"{_BLOBS}/write"
_COMPLETE = "Microsoft.CognitiveServices/accounts/OpenAI/deployments/chat/completions/action"


UNKNOWN_SCOPE = "RESOURCE-ID"
"""Placeholder in a command for a scope whose ARM id is not known."""


@dataclass(frozen=True)
class AskedRole:
    """A further role that a manifest requests: its name or id, and the scope's ARM id."""

    role: str
    scope: str


@dataclass(frozen=True)
class AccessAsk:
    """The access that the flow and its manifest request for the endpoint's identity.

    Args:
        connection_secrets: it may read the secrets of the workspace's connections.
        enforce_secrets: Azure itself gives this right when it creates the endpoint; None lets the
            plan decide.
        metrics_writer: a user-assigned identity may write the endpoint's metrics.
        datastores: it may read the workspace's datastores, for flows that look up an index.
        roles: further ones.
    """

    connection_secrets: bool = True
    enforce_secrets: bool | None = None
    metrics_writer: bool = False
    datastores: bool = False
    roles: tuple[AskedRole, ...] = ()


@dataclass(frozen=True)
class Grant:
    """A role that an identity must hold at a scope (an ARM id), and why.

    Args:
        role: the role.
        scope: ARM id of the scope.
        why: what the identity cannot do without it.
        action: any other role with this action is accepted as well; empty: none is.
        data: the action is a data action.
        optional: the flow can be served without it.
    """

    role: Role
    scope: str
    why: str
    action: str = ""
    data: bool = False
    optional: bool = False

    @property
    def known(self) -> bool:
        """True if its scope is known."""
        return self.scope != UNKNOWN_SCOPE


@dataclass(frozen=True)
class RoleAssignment:
    """A role assignment as ARM reports it. `created_on` is ISO 8601, UTC.

    `permissions` are the role's, looked up only if the role is not one of `KNOWN_ROLES`.
    """

    id: str
    scope: str
    role_id: str
    principal_id: str
    created_on: str
    permissions: tuple[Permission, ...] = ()


def role_name(role_id: str) -> str:
    """Return the display name of a role that Sluice grants; the id of any other."""
    return next((it.name for it in _GRANTED if it.id == role_id.lower()), role_id)


def required_grants(
    identity: Identity,
    workspace: WorkspaceFacts,
    ask: AccessAsk | None = None,
    *,
    collects: bool = False,
) -> tuple[Grant, ...]:
    """List the grants that the identity needs to serve a flow, as Azure's article on it says.

    A system-assigned identity gets registry, storage and metrics rights from Azure ML by itself; a
    user-assigned one needs them all before the deployment is created, and writes blobs too if the
    deployment `collects` data ('Collect production data from models deployed for real-time
    inferencing').
    """
    ask = ask or AccessAsk()
    secrets = Grant(
        CONNECTION_SECRETS_READER, workspace.id, "read the workspace's connections", READ_SECRETS
    )
    grants = [secrets] if ask.connection_secrets else []
    if identity.kind == "SystemAssigned":
        return tuple(grants)
    if workspace.container_registry_id:
        grants.append(_pull(workspace.container_registry_id, abac=workspace.registry_in_abac_mode))
    grants.append(_storage(workspace.storage_account_id, collects=collects))
    if ask.metrics_writer:
        why = "write the endpoint's metrics"
        grants.append(Grant(METRICS_WRITER, workspace.id, why, optional=True))
    return tuple(grants)


def keyless_grant(connection: str, target: str) -> Grant:
    """Return the grant at the target resource (an ARM id) of a connection without a key."""
    why = f"use connection '{connection}', which has no key"
    return Grant(OPENAI_USER, target, why, _COMPLETE, data=True)


def _storage(account: str, *, collects: bool) -> Grant:
    if collects:
        why = "load the model and write the data that is collected"
        return Grant(STORAGE_BLOB_DATA_CONTRIBUTOR, account, why, _WRITE_BLOBS, data=True)
    return Grant(STORAGE_BLOB_DATA_READER, account, "load the model", _READ_BLOBS, data=True)


def _pull(registry: str, *, abac: bool) -> Grant:
    """Return the grant to pull images; a registry in ABAC mode does not honour AcrPull."""
    why = "pull the container image"
    if abac:
        return Grant(REPOSITORY_READER, registry, why, _READ_REPOSITORY, data=True)
    return Grant(ACR_PULL, registry, why, _PULL)


def assignment_name(scope: str, role_id: str, principal_id: str) -> str:
    """Derive the GUID of a role assignment, so that granting twice makes one assignment."""
    return str(uuid5(NAMESPACE_URL, f"{scope}|{principal_id}|{role_id}".lower()))


def covers(assignment: RoleAssignment, grant: Grant, principal_id: str) -> bool:
    """Return whether an assignment includes the grant: role or action, at the scope or above."""
    same_role = assignment.role_id.lower() == grant.role.id
    as_good = bool(grant.action) and permits(assignment.permissions, grant.action, data=grant.data)
    return (
        (same_role or as_good)
        and assignment.principal_id.lower() == principal_id.lower()
        and _above(assignment.scope, grant.scope)
    )


def grant_command(grant: Grant, principal_id: str) -> str:
    """Return the command with which an administrator gives the grant."""
    return (
        f"az role assignment create --assignee-object-id {principal_id} "
        f"--assignee-principal-type ServicePrincipal "
        f"--role {grant.role.id} --scope {grant.scope}"
    )


def _above(scope: str, other: str) -> bool:
    """Return whether a scope is or contains the other; ARM lists only management groups that do."""
    if scope.lower().startswith("/providers/microsoft.management/managementgroups/"):
        return True
    return f"{other}/".lower().startswith(f"{scope.rstrip('/')}/".lower())
