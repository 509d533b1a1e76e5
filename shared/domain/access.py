"""Roles: which ones an endpoint's identity needs, at which scope, and how a grant is named.

Role ids: https://learn.microsoft.com/azure/role-based-access-control/built-in-roles
"""

import uuid
from dataclasses import dataclass

from shared.domain.endpoint import Identity, WorkspaceFacts


@dataclass(frozen=True)
class Role:
    """A built-in role: its name for people, its id (a GUID) for ARM."""

    name: str
    id: str


CONNECTION_SECRETS_READER = Role(
    "Azure Machine Learning Workspace Connection Secrets Reader",
    "ea01e6af-a1c1-4350-9563-ad00f8c72ec5",
)
ACR_PULL = Role("AcrPull", "7f951dda-4ed3-4680-a7ca-43fe172d538d")
STORAGE_BLOB_DATA_READER = Role("Storage Blob Data Reader", "2a2b9908-6ea1-4ae2-8e65-a410df84e7d1")


@dataclass(frozen=True)
class Grant:
    """A role that an identity must hold at a scope (an ARM id), and why."""

    role: Role
    scope: str
    why: str


@dataclass(frozen=True)
class RoleAssignment:
    """A role assignment as ARM shows it. `created_on` is ISO 8601, UTC."""

    id: str
    scope: str
    role_id: str
    principal_id: str
    created_on: str


def required_grants(identity: Identity, workspace: WorkspaceFacts) -> tuple[Grant, ...]:
    """What the identity needs to serve a flow.

    A system-assigned identity gets registry and storage rights from Azure ML by itself; a
    user-assigned one needs all three before the deployment is created (the table in 'Deploy a flow
    for real-time inference').
    """
    secrets = Grant(CONNECTION_SECRETS_READER, workspace.id, "read the workspace's connections")
    if identity.kind == "SystemAssigned":
        return (secrets,)
    storage = Grant(STORAGE_BLOB_DATA_READER, workspace.storage_account_id, "load the model")
    pull = (
        (Grant(ACR_PULL, workspace.container_registry_id, "pull the container image"),)
        if workspace.container_registry_id
        else ()
    )
    return (secrets, *pull, storage)


def assignment_name(scope: str, role_id: str, principal_id: str) -> str:
    """The GUID of a role assignment: derived, so that granting twice is one assignment."""
    return str(uuid.uuid5(uuid.NAMESPACE_URL, f"{scope}|{principal_id}|{role_id}".lower()))


def covers(assignment: RoleAssignment, grant: Grant, principal_id: str) -> bool:
    """Whether an assignment gives the grant: same role and principal, at the scope or above it."""
    return (
        assignment.role_id.lower() == grant.role.id
        and assignment.principal_id.lower() == principal_id.lower()
        and f"{grant.scope}/".lower().startswith(f"{assignment.scope.rstrip('/')}/".lower())
    )


def grant_command(grant: Grant, principal_id: str) -> str:
    """What an administrator runs to give the grant."""
    return (
        f"az role assignment create --assignee-object-id {principal_id} "
        f"--assignee-principal-type ServicePrincipal "
        f"--role {grant.role.id} --scope {grant.scope}"
    )
