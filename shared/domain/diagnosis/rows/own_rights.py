"""Missing rights of Sluice itself: the action, the scope, and the command that grants it."""

import re
from dataclasses import dataclass

from shared.domain.access.roles import CONNECTION_SECRETS_READER, Grant, Role, grant_command
from shared.domain.diagnosis.row import Row, Signal

PAGE = "https://learn.microsoft.com/azure/role-based-access-control/troubleshooting"

DATA_SCIENTIST = Role("AzureML Data Scientist", "f6c7c914-8db3-469d-8ca1-694a8f32e121")
READER = Role("Reader", "acdd72a7-3385-48ef-bd42-f606fba81ae7")

# By the start of the action; the first match counts. Ids: 'Azure built-in roles'.
_ROLES = (
    (
        "Microsoft.Authorization/roleAssignments/",
        Role(
            "Role Based Access Control Administrator",
            "f58310d9-a9f6-439a-9e8d-f62e7b41a168",
        ),
    ),
    (
        "Microsoft.ManagedIdentity/userAssignedIdentities/",
        Role("Managed Identity Operator", "f1a07417-d97a-45cb-824c-7a7467783830"),
    ),
    (
        "Microsoft.Insights/",
        Role("Monitoring Reader", "43d0d8ad-25c7-4714-9337-8ba259a9fe05"),
    ),
    (
        "Microsoft.Storage/storageAccounts/blobServices/",
        Role("Storage Blob Data Contributor", "ba92f5b4-2d11-453d-a403-e96b0029c9fe"),
    ),
    ("Microsoft.MachineLearningServices/locations/", READER),
    (
        "Microsoft.MachineLearningServices/workspaces/connections/listsecrets/",
        CONNECTION_SECRETS_READER,
    ),
    ("Microsoft.MachineLearningServices/", DATA_SCIENTIST),
)
_PLACE = re.compile(
    r"/subscriptions/[^/]+(?:/resourceGroups/[^/]+(?:/providers/[^/]+/[^/]+/[^/]+)?)?",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class MissingRight:
    """A right that ARM's message names. `who` is an object id; missing parts are empty."""

    action: str
    scope: str
    who: str


def missing_right(message: str) -> MissingRight | None:
    """Read the missing right from ARM's message, or None if it names none.

    `The client '…' with object id '…' does not have authorization to perform action '…' over scope
    '…'`; with a linked scope (LinkedAuthorizationFailed) `… does not have permission to perform
    action(s) '…' on the linked scope(s) '…'`.
    """
    denied = re.search(
        r"does not have (?:authorization|permission) to perform action(?:\(s\))? '([^']+)'"
        r"(?:.*?scope(?:\(s\))? '([^']+)')?",
        message,
        re.IGNORECASE,
    )
    if denied is None:
        return None
    who = re.search(r"object id '([0-9a-f-]{36})'", message, re.IGNORECASE)
    return MissingRight(denied[1], denied[2] or "", who[1] if who else "")


def how_to_grant(signal: Signal) -> str:
    """Name the action, the scope and, if role and holder are known, the command."""
    right = missing_right(signal.message)
    if right is None:
        return ""
    place = _PLACE.match(right.scope)
    lack = f"It lacks '{right.action}' at {right.scope or 'a scope that Azure does not name'}"
    role = next((role for start, role in _ROLES if _starts(right.action, start)), None)
    if role is None or place is None or not right.who:
        return lack
    command = grant_command(Grant(role, place[0], lack), right.who)
    return f"{lack}. '{role.name}' has it; an administrator runs: {command}"


def _starts(action: str, start: str) -> bool:
    return action.lower().startswith(start.lower())


_SCOPE = (
    "/subscriptions/5a1d0c9e-0000-4000-8000-000000000001/resourceGroups/rg/providers/"
    "Microsoft.MachineLearningServices/workspaces/ws"
)
_WHO = "with object id '5a1d0c9e-0000-4000-8000-0000000000b1'"

ROWS = (
    Row(
        "Sluice may not use a user-assigned identity",
        Signal(
            "LinkedAuthorizationFailed",
            f"The client 'app' {_WHO} has permission to perform action "
            "'Microsoft.MachineLearningServices/workspaces/onlineEndpoints/write' on scope "
            f"'{_SCOPE}'; however, it does not have permission to perform action(s) "
            "'Microsoft.ManagedIdentity/userAssignedIdentities/assign/action' on the linked "
            "scope(s) '/subscriptions/s/resourceGroups/rg/providers/Microsoft.ManagedIdentity/"
            "userAssignedIdentities/flow' (respectively) or the linked scope(s) are invalid.",
        ),
        "Sluice's own identity may not let an endpoint run as this user-assigned identity",
        "Give Sluice 'Managed Identity Operator' on the identity",
        code="LinkedAuthorizationFailed",
        page=PAGE,
        more=how_to_grant,
    ),
    Row(
        "Sluice may not do this",
        Signal(
            "AuthorizationFailed",
            f"The client 'app' {_WHO} does not have authorization to perform action "
            "'Microsoft.MachineLearningServices/workspaces/onlineEndpoints/write' over scope "
            f"'{_SCOPE}/onlineEndpoints/chat' or the scope is invalid. If access was recently "
            "granted, please refresh your credentials.",
        ),
        "Sluice's own identity may not do this",
        "Give it the role that has the action, at the scope that the message names",
        code="AuthorizationFailed|Forbidden|Unauthorized",
        page=PAGE,
        more=how_to_grant,
    ),
    Row(
        "Sluice may not use the storage account",
        Signal(
            "AuthorizationPermissionMismatch",
            "This request is not authorized to perform this operation using this permission.",
        ),
        "Sluice's own identity may not read or write these blobs",
        "Give it 'Storage Blob Data Contributor' on the workspace's default storage account "
        "(uploads go there as Sluice), and on its own",
        code="AuthorizationPermissionMismatch|InsufficientAccountPermissions",
        page="https://learn.microsoft.com/azure/storage/blobs/assign-azure-role-data-access",
    ),
)
