"""Online endpoints: PUT, PATCH, GET, DELETE and the list."""

from collections.abc import Iterator

from local import cloud
from local.azure_ml import names, traffic
from local.azure_ml.endpoint_records import ENDPOINTS, EndpointRecords
from local.azure_ml.endpoint_rules import (
    auth_mode,
    check_identity_kept,
    check_location,
    merge_properties,
)
from local.azure_ml.errors import busy, invalid, not_found
from local.azure_ml.exchange import NO_CONTENT, Answer, Call, Json, list_answer
from local.azure_ml.operations import Operations, Verb
from local.azure_ml.resources import system_data
from local.azure_ml.routing import ML, Route
from local.azure_ml.runner import Runner
from local.azure_ml.settings import Settings
from local.azure_ml.store import Store
from local.azure_ml.views import Views

ACTION = f"{ML}/workspaces/onlineEndpoints"


class OnlineEndpoints:
    """Endpoints of the workspace. One operation at a time runs on each and its deployments."""

    def __init__(
        self,
        store: Store,
        records: EndpointRecords,
        operations: Operations,
        runner: Runner,
        settings: Settings,
    ) -> None:
        self._store = store
        self._views = Views(store, settings)
        self._records = records
        self._operations = operations
        self._runner = runner
        self._settings = settings

    def routes(self) -> Iterator[Route]:
        one = "{ws}/onlineEndpoints/{endpoint}"
        yield Route("GET", "{ws}/onlineEndpoints", f"{ACTION}/read", self._list)
        yield Route("GET", one, f"{ACTION}/read", self._get)
        yield Route("PUT", one, f"{ACTION}/write", self._put)
        yield Route("PATCH", one, f"{ACTION}/write", self._patch)
        yield Route("DELETE", one, f"{ACTION}/delete", self._delete)

    def _list(self, call: Call) -> Answer:
        return list_answer([record["resource"] for record in self._views.all(call, "endpoint")])

    def _get(self, call: Call) -> Answer:
        resource_id = f"{ENDPOINTS}/{call.parts['endpoint']}"
        record = self._views.get(call, "endpoint", resource_id)
        if record is None:
            raise not_found(resource_id)
        return Answer(record["resource"])

    def _put(self, call: Call) -> Answer:
        name = call.parts["endpoint"]
        names.check("Endpoint", name)
        check_location(call.document)
        auth_mode(call.properties)
        self._refuse_busy(name)
        before = self._store.get("endpoint", f"{ENDPOINTS}/{name}")
        record = self._update(call, before) if before else self._create(call, name)
        return self._begin(call, record, "put", 200 if before else 201)

    def _create(self, call: Call, name: str) -> Json:
        taken = name.lower() in (one.lower() for one in self._settings.taken)
        most = self._settings.most_endpoints
        if taken or self._store.count("endpoint") >= most:
            message = (
                "There is already an endpoint with this name, Endpoint name needs to be unique "
                "within a region. Try some other name."
                if taken
                else f"The limit of {most} endpoints in the region is reached."
            )
            raise invalid(message)
        traffic.check(*_shares(call.properties), ())
        return self._records.create(call, name)

    def _update(self, call: Call, record: Json) -> Json:
        resource = record["resource"]
        check_identity_kept(resource["identity"], call.document.get("identity"))
        live, mirror = _shares(call.properties)
        traffic.check(live, mirror, self._records.deployments(resource["id"]))
        before = resource["properties"]
        resource["tags"] = call.document.get("tags") or {}
        resource["systemData"] = system_data(call, resource)
        resource["properties"] = {
            **before,
            "description": call.properties.get("description"),
            "authMode": auth_mode(call.properties),
            "publicNetworkAccess": call.properties.get("publicNetworkAccess")
            or before["publicNetworkAccess"],
            "traffic": live,
            "mirrorTraffic": mirror,
            "properties": merge_properties(
                before["properties"], call.properties.get("properties") or {}
            ),
            "provisioningState": "Updating",
        }
        return record

    def _patch(self, call: Call) -> Answer:
        record = self._require(call)
        self._refuse_busy(call.parts["endpoint"])
        check_identity_kept(record["resource"]["identity"], call.document.get("identity"))
        record["resource"]["tags"] = call.document.get("tags") or {}
        record["resource"]["properties"]["provisioningState"] = "Updating"
        return self._begin(call, record, "put", 202)

    def _delete(self, call: Call) -> Answer:
        record = self._store.get("endpoint", f"{ENDPOINTS}/{call.parts['endpoint']}")
        if record is None:
            return NO_CONTENT
        self._refuse_busy(call.parts["endpoint"])
        record["resource"]["properties"]["provisioningState"] = "Deleting"
        return self._begin(call, record, "delete", 202)

    def _begin(self, call: Call, record: Json, verb: Verb, status: int) -> Answer:
        resource = record["resource"]
        operation = self._operations.begin(
            "endpoint",
            verb,
            resource["id"],
            seconds=self._settings.endpoint_seconds,
            api_version=call.api_version,
        )
        resource["properties"]["properties"]["AzureAsyncOperationUri"] = operation.uri
        self._store.put("endpoint", resource["id"], record)
        self._runner.start(operation)
        return Answer(None if verb == "delete" else resource, status, operation.headers)

    def _refuse_busy(self, name: str) -> None:
        if running := self._operations.running_on(f"{ENDPOINTS}/{name}"):
            message = (
                f"Endpoint '{name}' cannot be changed because an operation on "
                f"'{running.target.removeprefix(cloud.WORKSPACE_ID)}' is in progress."
            )
            raise busy(message)

    def _require(self, call: Call) -> Json:
        resource_id = f"{ENDPOINTS}/{call.parts['endpoint']}"
        record = self._store.get("endpoint", resource_id)
        if record is None:
            raise not_found(resource_id)
        return record


def _shares(properties: Json) -> tuple[dict[str, int], dict[str, int]]:
    return properties.get("traffic") or {}, properties.get("mirrorTraffic") or {}
