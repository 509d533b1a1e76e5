"""The rights that Sluice's own identity needs through Azure Resource Manager, as infra/ gives them.

docs/how-to/give-sluice-its-rights.md has each with its command.
"""

import shlex
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from shared.domain.access.permission import Permission, permits
from shared.domain.access.roles import (
    ACR_PULL,
    CONNECTION_SECRETS_READER,
    DATA_SCIENTIST,
    METRICS_WRITER,
    REPOSITORY_READER,
    STORAGE_BLOB_DATA_CONTRIBUTOR,
    STORAGE_BLOB_DATA_READER,
    Grant,
    Role,
    grant_command,
)
from shared.domain.azure.endpoint import WorkspaceFacts

MONITORING_READER: Final = Role("Monitoring Reader", "43d0d8ad-25c7-4714-9337-8ba259a9fe05")
RBAC_ADMINISTRATOR: Final = Role(
    "Role Based Access Control Administrator", "f58310d9-a9f6-439a-9e8d-f62e7b41a168"
)
IDENTITY_OPERATOR: Final = Role("Managed Identity Operator", "f1a07417-d97a-45cb-824c-7a7467783830")
REGION_READER: Final = "Azure ML Region Reader"
"""A custom role: no built-in one has only its action."""
_REGION_ACTION: Final = "Microsoft.MachineLearningServices/locations/*/read"
GRANTED: Final = (
    CONNECTION_SECRETS_READER,
    ACR_PULL,
    REPOSITORY_READER,
    STORAGE_BLOB_DATA_READER,
    STORAGE_BLOB_DATA_CONTRIBUTOR,
    METRICS_WRITER,
)
"""The roles that Sluice grants, and to which the condition of its right to grant limits it."""

_ENDPOINTS: Final = "Microsoft.MachineLearningServices/workspaces/onlineEndpoints/write"
_METRICS: Final = "Microsoft.Insights/metrics/read"
_LOGS: Final = "Microsoft.Insights/components/query/read"
ASSIGN_ROLES: Final = "Microsoft.Authorization/roleAssignments/write"
_IDENTITIES: Final = "Microsoft.ManagedIdentity/userAssignedIdentities"


@dataclass(frozen=True)
class OwnRight:
    """A right that Sluice needs at a scope.

    Args:
        grant: the least role that has it, the scope as an ARM id, and what it is for.
        actions: any of them proves the right.
        optional: Sluice does its work without it, in another way.
    """

    grant: Grant
    actions: tuple[str, ...]
    optional: bool = False

    def held(self, permissions: Iterable[Permission]) -> bool:
        """Return whether these permissions at the scope include the right."""
        known = tuple(permissions)
        return any(permits(known, it) for it in self.actions)

    def command(self, principal_id: str) -> str:
        """Return the command with which an administrator gives Sluice the right."""
        command = grant_command(self.grant, principal_id)
        if self.grant.role is not RBAC_ADMINISTRATOR:
            return command
        return f"{command} --condition-version 2.0 --condition {shlex.quote(grant_condition())}"


def own_rights(workspace: WorkspaceFacts, identities: Iterable[str]) -> tuple[OwnRight, ...]:
    """List the rights at the workspace, at what belongs to it, and at identities of endpoints.

    Args:
        workspace: the workspace.
        identities: ARM ids of the user-assigned identities that endpoints run as.
    """
    rights = [
        _right(DATA_SCIENTIST, workspace.id, "deploy", _ENDPOINTS),
        _right(MONITORING_READER, workspace.id, "read metrics", _METRICS, optional=True),
    ]
    if workspace.application_insights_id:
        insights = workspace.application_insights_id
        why = "read what flows report"
        rights.append(_right(MONITORING_READER, insights, why, _LOGS, optional=True))
    assigned = (workspace.id, workspace.container_registry_id, workspace.storage_account_id)
    why = "grant roles to endpoints; each grant waits for an administrator"
    rights += [
        _right(RBAC_ADMINISTRATOR, it, why, ASSIGN_ROLES, optional=True) for it in assigned if it
    ]
    # Azure's role names the action with a star in the middle, which stands for nothing, too.
    attach = (f"{_IDENTITIES}/assign/action", f"{_IDENTITIES}/*/assign/action")
    why = "let endpoints run as it"
    return (*rights, *(_right(IDENTITY_OPERATOR, it, why, *attach) for it in identities))


def grant_condition() -> str:
    """Return the condition of the right to grant: which roles, and only to service principals."""
    return f"{_only('write', 'Request')} AND {_only('delete', 'Resource')}"


def region_commands(subscription: str, principal_id: str) -> str:
    """Return the commands that define the custom role for the region, and assign it."""
    definition = (
        f'{{"Name": "{REGION_READER}", "Description": "Reads operations, sizes and quota of Azure '
        f'ML", "Actions": ["{_REGION_ACTION}"], "AssignableScopes": ["{subscription}"]}}'
    )
    role = Role(REGION_READER, shlex.quote(REGION_READER))
    assign = grant_command(Grant(role, subscription, ""), principal_id)
    return f"az role definition create --role-definition {shlex.quote(definition)} && {assign}"


def _right(role: Role, scope: str, why: str, *actions: str, optional: bool = False) -> OwnRight:
    return OwnRight(Grant(role, scope, why), actions, optional)


def _only(act: str, side: str) -> str:
    ids = ", ".join(it.id for it in GRANTED)
    kind = "Microsoft.Authorization/roleAssignments"
    return (
        f"((!(ActionMatches{{'{kind}/{act}'}})) OR (@{side}[{kind}:RoleDefinitionId] "
        f"ForAnyOfAnyValues:GuidEquals {{{ids}}} AND @{side}[{kind}:PrincipalType] "
        "ForAnyOfAnyValues:StringEqualsIgnoreCase {'ServicePrincipal'}))"
    )
