"""Versions of codes, data, models and environments, and the containers that hold them."""

from collections.abc import Iterator

from local import cloud
from local.azure_ml.asset_rules import normalize
from local.azure_ml.datastores import container_sas
from local.azure_ml.errors import ArmError, not_found
from local.azure_ml.exchange import NO_CONTENT, Answer, Call, Json, list_answer
from local.azure_ml.resources import system_data
from local.azure_ml.routing import ML, Route
from local.azure_ml.store import Store

KINDS = ("codes", "data", "models", "environments")


class Assets:
    """The versions of one kind of asset. A container exists once it has a version."""

    def __init__(self, kind: str, store: Store) -> None:
        self._kind = kind
        self._store = store

    def routes(self) -> Iterator[Route]:
        kind, action = self._kind, f"{ML}/workspaces/{self._kind}"
        one = f"{{ws}}/{kind}/{{name}}/versions/{{version}}"
        versions = f"{action}/versions"
        yield Route("GET", f"{{ws}}/{kind}", f"{action}/read", self._containers)
        yield Route("GET", f"{{ws}}/{kind}/{{name}}", f"{action}/read", self._container)
        yield Route("GET", f"{{ws}}/{kind}/{{name}}/versions", f"{versions}/read", self._list)
        yield Route("GET", one, f"{versions}/read", self._get)
        yield Route("PUT", one, f"{versions}/write", self._put)
        yield Route("DELETE", one, f"{versions}/delete", self._delete)
        yield Route("POST", f"{one}/startPendingUpload", f"{versions}/write", self._start_upload)

    def _put(self, call: Call) -> Answer:
        resource_id = self._id(call.parts["name"], call.parts["version"])
        before = self._store.get(self._kind, resource_id)
        properties = normalize(self._kind, call.properties, before)
        resource = {
            "id": resource_id,
            "name": call.parts["version"],
            "type": f"{ML}/workspaces/{self._kind}/versions",
            "properties": {**properties, "provisioningState": "Succeeded"},
            "systemData": system_data(call, before),
        }
        self._store.put(self._kind, resource_id, resource)
        return Answer(resource, 200 if before else 201)

    def _get(self, call: Call) -> Answer:
        resource_id = self._id(call.parts["name"], call.parts["version"])
        resource = self._store.get(self._kind, resource_id)
        if resource is None:
            raise not_found(resource_id)
        return Answer(resource)

    def _delete(self, call: Call) -> Answer:
        self._store.delete(self._kind, self._id(call.parts["name"], call.parts["version"]))
        return NO_CONTENT

    def _list(self, call: Call) -> Answer:
        found = self._versions(call.parts["name"])
        if wanted := call.query.get("hash"):
            found = [one for one in found if _hash(one) == wanted]
        return list_answer(found)

    def _containers(self, _: Call) -> Answer:
        names = {one["id"].split("/")[-3] for one in self._store.all(self._kind)}
        return list_answer([self._container_resource(name) for name in sorted(names)])

    def _container(self, call: Call) -> Answer:
        return Answer(self._container_resource(call.parts["name"]))

    def _start_upload(self, call: Call) -> Answer:
        """A place to upload to. Source: specs of Azure ML, `…/versions/startPendingUpload`."""
        host = f"{cloud.WORKSPACE_ACCOUNT}.blob.core.windows.net"
        name, version = call.parts["name"], call.parts["version"]
        folder = f"LocalUpload/{self._kind}-{name}-{version}"
        uri = f"https://{host}/{cloud.WORKSPACE_CONTAINER}"
        reference = {
            "blobUri": f"{uri}/{folder}",
            "storageAccountArmId": cloud.WORKSPACE_ACCOUNT_ID,
            "credential": {"credentialType": "SAS", "sasUri": f"{uri}?{container_sas()}"},
        }
        return Answer(
            {
                "pendingUploadId": None,
                "pendingUploadType": "TemporaryBlobReference",
                "blobReferenceForConsumption": reference,
            }
        )

    def _versions(self, name: str) -> list[Json]:
        under = f"{cloud.WORKSPACE_ID}/{self._kind}/{name}/versions"
        found = self._store.all(self._kind, under)
        return sorted(found, key=lambda one: str(one["systemData"]["createdAt"]), reverse=True)

    def _container_resource(self, name: str) -> Json:
        versions = self._versions(name)
        if not versions:
            message = f"The {self._kind} container '{name}' was not found."
            raise ArmError(404, "ResourceNotFound", message)
        numbers = [int(one["name"]) for one in versions if one["name"].isdigit()]
        properties = {
            "description": None,
            "tags": {},
            "properties": {},
            "isArchived": False,
            "latestVersion": versions[0]["name"],
            "nextVersion": str(max(numbers, default=0) + 1),
        }
        if self._kind == "data":
            properties["dataType"] = versions[0]["properties"].get("dataType", "uri_folder")
        return {
            "id": f"{cloud.WORKSPACE_ID}/{self._kind}/{name}",
            "name": name,
            "type": f"{ML}/workspaces/{self._kind}",
            "systemData": versions[0]["systemData"],
            "properties": properties,
        }

    def _id(self, name: str, version: str) -> str:
        return f"{cloud.WORKSPACE_ID}/{self._kind}/{name}/versions/{version}"


def _hash(resource: Json) -> str | None:
    found: str | None = (resource["properties"].get("properties") or {}).get("hash_sha256")
    return found
