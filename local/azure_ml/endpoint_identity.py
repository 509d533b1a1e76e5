"""The identity an endpoint runs as: system-assigned or user-assigned."""

import uuid

from local import cloud
from local.azure_ml import clock
from local.azure_ml.access import Access
from local.azure_ml.directory import Directory
from local.azure_ml.errors import ArmError, forbidden, invalid
from local.azure_ml.exchange import Call, Json
from local.azure_ml.identities import ACTION, UserIdentities
from local.azure_ml.principals import Principal


class EndpointIdentities:
    """Attaches identities to endpoints at their creation."""

    def __init__(self, users: UserIdentities, directory: Directory, access: Access) -> None:
        self._users = users
        self._directory = directory
        self._access = access

    def attach(self, call: Call, endpoint: str) -> Json:
        """Return the identity block of a new endpoint, as its answer shows it.

        Raises:
            ArmError: no such identity, the caller may not assign it, or an unknown type.
        """
        wanted = call.document.get("identity") or {"type": "SystemAssigned"}
        kind = str(wanted.get("type") or "")
        if kind.lower() == "systemassigned":
            return self._own(endpoint)
        if kind.lower() == "userassigned" and wanted.get("userAssignedIdentities"):
            users = wanted["userAssignedIdentities"]
            return {
                "type": "UserAssigned",
                "userAssignedIdentities": {one: self._user(call, one) for one in users},
            }
        raise invalid(f"The identity of type '{kind}' is not supported.", field="Identity")

    def _own(self, endpoint: str) -> Json:
        principal = Principal(str(uuid.uuid4()), str(uuid.uuid4()), endpoint)
        self._directory.add(principal, clock.seconds())
        return {
            "type": "SystemAssigned",
            "principalId": principal.object_id,
            "tenantId": cloud.TENANT,
        }

    def _user(self, call: Call, resource_id: str) -> Json:
        found = self._users.find(resource_id)
        if found is None:
            message = (
                f"Identity operation for resource '{call.path}' failed with error 'Failed to "
                "perform resource identity operation. Status: 'BadRequest'. Resource "
                f"'{resource_id}' was not found.'."
            )
            raise ArmError(400, "FailedIdentityOperation", message)
        action = f"{ACTION}/assign/action"
        if not self._access.allows(call.caller.object_id, action, resource_id):
            denied = forbidden(call, action, resource_id)
            raise ArmError(403, "LinkedAuthorizationFailed", denied.message)
        return {"principalId": found.object_id, "clientId": found.client_id}


def principals(identity: Json) -> list[Principal]:
    """Return the identities in an endpoint's block; a system-assigned one lacks its client id."""
    if own := identity.get("principalId"):
        return [Principal(own, own, "endpoint")]
    users = identity.get("userAssignedIdentities") or {}
    return [
        Principal(found["principalId"], found["clientId"], resource_id.rsplit("/", 1)[-1])
        for resource_id, found in users.items()
    ]
