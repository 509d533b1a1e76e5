"""Role assignments through ARM."""

import re
from typing import Any

from shared.adapters.arm import Arm
from shared.domain.access.permission import Permission
from shared.domain.access.roles import Role, RoleAssignment, assignment_name
from shared.domain.failure import Conflict, Denied, Refused, Unavailable

VERSION = "2022-04-01"
_PROVIDER = "providers/Microsoft.Authorization"
_GUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)


class ArmRoles:
    """Reads and makes role assignments."""

    def __init__(self, arm: Arm) -> None:
        self._arm = arm

    def assignments(self, scope: str, principal_id: str) -> tuple[RoleAssignment, ...]:
        """One GET per page. Assignments through a group are returned as the principal's own."""
        query = {"$filter": f"atScope() and assignedTo('{principal_id}')"}
        found = self._arm.pages(f"{scope}/{_PROVIDER}/roleAssignments", VERSION, query)
        return tuple(_assignment(one, principal_id) for one in found)

    def role_permissions(self, scope: str, role_id: str) -> tuple[Permission, ...]:
        """One GET."""
        try:
            found = self._arm.find(f"{scope}/{_PROVIDER}/roleDefinitions/{role_id}", VERSION)
        except (Denied, Refused):
            return ()
        return tuple(map(_permission, found["properties"]["permissions"])) if found else ()

    def own_permissions(self, scope: str) -> tuple[Permission, ...]:
        """One GET per page."""
        try:
            found = self._arm.pages(f"{scope}/{_PROVIDER}/permissions", VERSION)
            return tuple(map(_permission, found))
        except (Denied, Refused):
            return ()

    def find_role(self, scope: str, name_or_id: str) -> Role | None:
        """One GET; by name, one per page."""
        path, last = f"{scope}/{_PROVIDER}/roleDefinitions", name_or_id.rpartition("/")[2]
        if _GUID.fullmatch(last):
            found = self._arm.find(f"{path}/{last}", VERSION)
            return _role(found) if found else None
        quoted = name_or_id.replace("'", "''")
        query = {"$filter": f"roleName eq '{quoted}'"}
        roles = map(_role, self._arm.pages(path, VERSION, query))
        return next((it for it in roles if it.name.lower() == name_or_id.lower()), None)

    def assign(self, scope: str, role_id: str, principal_id: str) -> RoleAssignment:
        """One PUT; one more GET if the assignment exists under another name."""
        name = assignment_name(scope, role_id, principal_id)
        body = {
            "properties": {
                "roleDefinitionId": f"{_subscription(scope)}/{_PROVIDER}/roleDefinitions/{role_id}",
                "principalId": principal_id,
                # Without it ARM looks a new identity up, and does not find it for a while.
                "principalType": "ServicePrincipal",
            }
        }
        try:
            path = f"{scope}/{_PROVIDER}/roleAssignments/{name}"
            return _assignment(self._arm.call("PUT", path, VERSION, body).json(), principal_id)
        except Conflict:
            return self._twin(scope, role_id, principal_id)
        except Refused as refused:
            if refused.code == "PrincipalNotFound":
                raise Unavailable(refused.code, refused.message, status=400) from refused
            raise

    def remove_assignment(self, assignment_id: str) -> None:
        """One DELETE."""
        try:
            self._arm.call("DELETE", assignment_id, VERSION)
        except Refused as refused:
            if refused.status != 404:
                raise

    def _twin(self, scope: str, role_id: str, principal_id: str) -> RoleAssignment:
        for held in self.assignments(scope, principal_id):
            if held.role_id.lower() == role_id.lower() and held.scope.lower() == scope.lower():
                return held
        raise Unavailable("RoleAssignmentExists", "The assignment is not visible yet.", status=409)


def _assignment(document: dict[str, Any], principal_id: str) -> RoleAssignment:
    inner = document["properties"]
    return RoleAssignment(
        id=document["id"],
        scope=inner["scope"],
        role_id=str(inner["roleDefinitionId"]).rpartition("/")[2],
        principal_id=principal_id,
        created_on=inner.get("createdOn") or "",
    )


def _permission(document: dict[str, Any]) -> Permission:
    return Permission(
        actions=tuple(document.get("actions") or ()),
        not_actions=tuple(document.get("notActions") or ()),
        data_actions=tuple(document.get("dataActions") or ()),
        not_data_actions=tuple(document.get("notDataActions") or ()),
    )


def _role(document: dict[str, Any]) -> Role:
    return Role(document["properties"]["roleName"], str(document["name"]).lower())


def _subscription(scope: str) -> str:
    return "/".join(scope.split("/")[:3])
