"""Checks of a new role assignment.

Source of the codes: learn.microsoft.com/azure/role-based-access-control/troubleshooting
"""

from collections.abc import Iterable

from local import cloud
from local.azure_ml import clock
from local.azure_ml.directory import Directory
from local.azure_ml.errors import ArmError
from local.azure_ml.exchange import Json


def check_same(existing: Json, wanted: Json) -> None:
    """Refuse to overwrite an existing name with a different assignment."""
    if _triple(existing["properties"]) != _triple(wanted):
        message = (
            "Tenant ID, application ID, principal ID, and scope are not allowed to be updated."
        )
        raise ArmError(400, "RoleAssignmentUpdateNotPermitted", message)


def check_unique(records: Iterable[Json], scope: str, wanted: Json) -> None:
    """Refuse the same identity, role and scope under another name."""
    for record in records:
        properties = record["resource"]["properties"]
        same_scope = properties["scope"].lower() == scope.lower()
        if same_scope and _triple(properties) == _triple(wanted):
            name = record["resource"]["name"].replace("-", "")
            message = (
                "The role assignment already exists. The ID of the existing role assignment is "
                f"{name}."
            )
            raise ArmError(409, "RoleAssignmentExists", message)


def check_principal(directory: Directory, wanted: Json, replication_s: float) -> str:
    """Return the type of the identity; ARM looks it up unless the request states it."""
    principal, stated = wanted["principalId"], wanted.get("principalType")
    entry = directory.find(principal)
    if entry and stated and stated != entry.type:
        message = (
            f"The PrincipalId '{principal.replace('-', '')}' has type '{entry.type}' , which is "
            f"different from specified PrinciaplType '{stated}'."
        )
        raise ArmError(400, "UnmatchedPrincipalType", message)
    if stated:
        return str(stated)
    if entry is None or clock.seconds() - entry.created < replication_s:
        message = (
            f"Principal {principal.replace('-', '')} does not exist in the directory "
            f"{cloud.TENANT}. Check that you have the correct principal ID. If you are creating "
            "this principal and then immediately assigning a role, this error might be related to "
            "a replication delay. In this case, set the role assignment principalType property to "
            "a value, such as ServicePrincipal, User, or Group.  See "
            "https://aka.ms/docs-principaltype"
        )
        raise ArmError(400, "PrincipalNotFound", message)
    return entry.type


def _triple(properties: Json) -> tuple[str, str]:
    guid = properties["roleDefinitionId"].rstrip("/").rsplit("/", 1)[-1].lower()
    return properties["principalId"].lower(), guid
