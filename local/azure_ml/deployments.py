"""Online deployments: PUT, PATCH, GET, DELETE and the list."""

from collections.abc import Iterator

from local import cloud
from local.azure_ml import names
from local.azure_ml.deployment_rules import check, fill_defaults
from local.azure_ml.endpoint_records import ENDPOINTS
from local.azure_ml.endpoint_rules import check_location
from local.azure_ml.endpoints import ACTION as ENDPOINT_ACTION
from local.azure_ml.errors import busy, invalid, not_found, uncreatable
from local.azure_ml.exchange import NO_CONTENT, Answer, Call, Json, list_answer
from local.azure_ml.operations import Operations, Verb
from local.azure_ml.quota import Quota
from local.azure_ml.resources import system_data
from local.azure_ml.routing import ML, Route
from local.azure_ml.runner import Runner
from local.azure_ml.settings import Settings
from local.azure_ml.store import Store
from local.azure_ml.views import Views

ACTION = f"{ENDPOINT_ACTION}/deployments"
MOST = 20


class OnlineDeployments:
    """Deployments of endpoints. A change begins an operation that starts the container."""

    def __init__(
        self,
        store: Store,
        operations: Operations,
        runner: Runner,
        settings: Settings,
        quota: Quota,
    ) -> None:
        self._quota = quota
        self._store = store
        self._views = Views(store, settings)
        self._operations = operations
        self._runner = runner
        self._settings = settings

    def routes(self) -> Iterator[Route]:
        every = "{ws}/onlineEndpoints/{endpoint}/deployments"
        one = f"{every}/{{deployment}}"
        yield Route("GET", every, f"{ACTION}/read", self._list)
        yield Route("GET", one, f"{ACTION}/read", self._get)
        yield Route("PUT", one, f"{ACTION}/write", self._put)
        yield Route("PATCH", one, f"{ACTION}/write", self._patch)
        yield Route("DELETE", one, f"{ACTION}/delete", self._delete)

    def _list(self, call: Call) -> Answer:
        endpoint = self._endpoint(call)
        found = self._views.all(call, "deployment", endpoint["resource"]["id"])
        return list_answer([record["resource"] for record in found])

    def _get(self, call: Call) -> Answer:
        self._endpoint(call)
        record = self._views.get(call, "deployment", _id(call))
        if record is None:
            raise not_found(_id(call))
        return Answer(record["resource"])

    def _put(self, call: Call) -> Answer:
        endpoint, name = self._endpoint(call), call.parts["deployment"]
        names.check("Deployment", name)
        check_location(call.document)
        self._refuse_busy(call)
        before = self._store.get("deployment", _id(call))
        if before is None:
            self._check_endpoint(endpoint)
        properties = fill_defaults(call.properties)
        sku = {"name": "Default", "tier": "Standard", "capacity": 1}
        sku |= {k: v for k, v in (call.document.get("sku") or {}).items() if v is not None}
        check(properties, sku["capacity"], self._store)
        old = before["resource"] if before else None
        # A name keeps the letter case of its first use, whatever the case in this call.
        name = old["name"] if old else name
        resource = {
            "id": f"{endpoint['resource']['id']}/deployments/{name}",
            "name": name,
            "type": f"{ML}/workspaces/onlineEndpoints/deployments",
            "location": cloud.REGION,
            "kind": "Managed",
            "tags": call.document.get("tags") or {},
            "sku": sku,
            "systemData": system_data(call, old),
            "properties": {**properties, "provisioningState": "Updating" if old else "Creating"},
        }
        self._check_quota(resource)
        record = {**(before or {"serving": False, "runs": None}), "resource": resource}
        return self._begin(call, record, "put", 200 if before else 201)

    def _patch(self, call: Call) -> Answer:
        """Tags and instance count; nothing else can be patched."""
        self._endpoint(call)
        record = self._require(call)
        self._refuse_busy(call)
        resource = record["resource"]
        if (tags := call.document.get("tags")) is not None:
            resource["tags"] = tags
        resource["sku"] |= call.document.get("sku") or {}
        check(resource["properties"], resource["sku"]["capacity"], self._store)
        self._check_quota(resource)
        resource["properties"]["provisioningState"] = "Scaling"
        return self._begin(call, record, "put", 202)

    def _delete(self, call: Call) -> Answer:
        endpoint = self._endpoint(call)
        record = self._store.get("deployment", _id(call))
        if record is None:
            return NO_CONTENT
        self._refuse_busy(call)
        shares = endpoint["resource"]["properties"]
        taking = {**shares["mirrorTraffic"], **shares["traffic"]}
        name = call.parts["deployment"].lower()
        if any(share for to, share in taking.items() if to.lower() == name):
            message = (
                f"Deployment '{call.parts['deployment']}' still has traffic. Set its traffic to 0 "
                "before deleting it."
            )
            raise invalid(message)
        record["resource"]["properties"]["provisioningState"] = "Deleting"
        return self._begin(call, record, "delete", 202)

    def _begin(self, call: Call, record: Json, verb: Verb, status: int) -> Answer:
        resource = record["resource"]
        operation = self._operations.begin(
            "deployment",
            verb,
            resource["id"],
            seconds=self._settings.deployment_seconds,
            api_version=call.api_version,
        )
        own = resource["properties"].get("properties") or {}
        resource["properties"]["properties"] = {**own, "AzureAsyncOperationUri": operation.uri}
        self._store.put("deployment", resource["id"], record)
        self._runner.start(operation)
        return Answer(None if verb == "delete" else resource, status, operation.headers)

    def _check_endpoint(self, endpoint: Json) -> None:
        resource = endpoint["resource"]
        state = resource["properties"]["provisioningState"]
        if not endpoint.get("made", True):
            raise invalid(
                "The endpoint has not been created successfully. Recreate the endpoint and try "
                "again."
            )
        if state != "Succeeded":
            message = (
                f"Cannot create a deployment in endpoint {resource['name']} because it is in "
                f"{state} provisioning state."
            )
            raise busy(message)
        if len(self._store.all("deployment", resource["id"])) >= MOST:
            raise invalid(f"The limit of {MOST} deployments an endpoint is reached.")

    def _check_quota(self, resource: Json) -> None:
        if shortage := self._quota.shortage(resource):
            raise uncreatable(shortage, field="VmSize")

    def _refuse_busy(self, call: Call) -> None:
        endpoint = call.parts["endpoint"]
        if running := self._operations.running_on(f"{ENDPOINTS}/{endpoint}"):
            message = (
                f"Deployment '{call.parts['deployment']}' in endpoint {endpoint} cannot be changed "
                f"because an operation on '{running.target.removeprefix(cloud.WORKSPACE_ID)}' is "
                "in progress."
            )
            raise busy(message)

    def _endpoint(self, call: Call) -> Json:
        resource_id = f"{ENDPOINTS}/{call.parts['endpoint']}"
        record = self._store.get("endpoint", resource_id)
        if record is None:
            raise not_found(resource_id)
        return record

    def _require(self, call: Call) -> Json:
        record = self._store.get("deployment", _id(call))
        if record is None:
            raise not_found(_id(call))
        return record


def _id(call: Call) -> str:
    return f"{ENDPOINTS}/{call.parts['endpoint']}/deployments/{call.parts['deployment']}"
