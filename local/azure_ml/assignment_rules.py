"""What makes a role assignment wrong.

Source of the codes: learn.microsoft.com/azure/role-based-access-control/troubleshooting
"""

from collections.abc import Iterable

from local import cloud
from local.azure_ml import clock
from local.azure_ml.directory import Directory
from local.azure_ml.errors import ArmError
from local.azure_ml.exchange import Json


def check_same(existing: Json, wanted: Json) -> None:
    """Writing under a name that is taken is fine only for the very same assignment."""
    if _triple(existing["properties"]) != _triple(wanted):
        message = (
            "Tenant ID, application ID, principal ID, and scope are not allowed to be updated."
        )
        raise ArmError(400, "RoleAssignmentUpdateNotPermitted", message)


def refuse_twin(records: Iterable[Json], scope: str, wanted: Json) -> None:
    """The same identity, role and scope under another name is a conflict."""
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
    """The type of the identity. Told a type, ARM does not look a new identity up; else it must."""
    principal, said = wanted["principalId"], wanted.get("principalType")
    known = directory.find(principal)
    if known and said and said != known.type:
        message = (
            f"The PrincipalId '{principal.replace('-', '')}' has type '{known.type}' , which is "
            f"different from specified PrinciaplType '{said}'."
        )
        raise ArmError(400, "UnmatchedPrincipalType", message)
    if said:
        return str(said)
    if known is None or clock.seconds() - known.born < replication_s:
        message = (
            f"Principal {principal.replace('-', '')} does not exist in the directory "
            f"{cloud.TENANT}. Check that you have the correct principal ID. If you are creating "
            "this principal and then immediately assigning a role, this error might be related to "
            "a replication delay. In this case, set the role assignment principalType property to "
            "a value, such as ServicePrincipal, User, or Group.  See "
            "https://aka.ms/docs-principaltype"
        )
        raise ArmError(400, "PrincipalNotFound", message)
    return known.type


def _triple(properties: Json) -> tuple[str, str]:
    guid = properties["roleDefinitionId"].rstrip("/").rsplit("/", 1)[-1].lower()
    return properties["principalId"].lower(), guid
