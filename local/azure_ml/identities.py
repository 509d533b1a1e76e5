"""User-assigned identities as resources."""

import uuid
from collections.abc import Iterator

from local import cloud
from local.azure_ml import clock
from local.azure_ml.directory import Directory
from local.azure_ml.errors import not_found
from local.azure_ml.exchange import NO_CONTENT, Answer, Call, Json
from local.azure_ml.principals import Principal
from local.azure_ml.routing import Route
from local.azure_ml.store import Store

ACTION = "Microsoft.ManagedIdentity/userAssignedIdentities"


class UserIdentities:
    """User-assigned identities of the resource group; one exists from the start."""

    def __init__(self, store: Store, directory: Directory) -> None:
        self._store = store
        self._directory = directory
        first = (cloud.USER_IDENTITY_PRINCIPAL, cloud.USER_IDENTITY_CLIENT)
        if store.get("identity", cloud.USER_IDENTITY_ID) is None:
            self._write(cloud.USER_IDENTITY_ID, *first, created=0.0)

    def routes(self) -> Iterator[Route]:
        one = f"{{group}}/providers/{ACTION}/{{name}}"
        yield Route("GET", one, f"{ACTION}/read", self._get)
        yield Route("PUT", one, f"{ACTION}/write", self._put)
        yield Route("DELETE", one, f"{ACTION}/delete", self._delete)

    def find(self, resource_id: str) -> Principal | None:
        """Return the identity behind an ARM id, or None."""
        record = self._store.get("identity", resource_id)
        if record is None:
            return None
        found = record["properties"]
        return Principal(found["principalId"], found["clientId"], record["name"])

    def _get(self, call: Call) -> Answer:
        record = self._store.get("identity", call.path)
        if record is None:
            raise not_found(call.path)
        return Answer(record)

    def _put(self, call: Call) -> Answer:
        if existing := self._store.get("identity", call.path):
            return Answer(existing)
        ids = (str(uuid.uuid4()), str(uuid.uuid4()))
        return Answer(self._write(call.path, *ids, created=clock.seconds()), 201)

    def _delete(self, call: Call) -> Answer:
        self._store.delete("identity", call.path)
        return NO_CONTENT

    def _write(self, resource_id: str, principal: str, client: str, *, created: float) -> Json:
        name = resource_id.rsplit("/", 1)[-1]
        self._directory.add(Principal(principal, client, name), created)
        resource = {
            "id": resource_id,
            "name": name,
            "type": ACTION,
            "location": cloud.REGION,
            "tags": {},
            "properties": {
                "tenantId": cloud.TENANT,
                "principalId": principal,
                "clientId": client,
            },
        }
        self._store.put("identity", resource_id, resource)
        return resource
