"""Azure ML through ARM.

`shared.ports` describes each method; the docstrings here say how many calls to ARM it makes.
"""

from collections.abc import Mapping
from typing import Any

from azure.core.rest import HttpResponse

from shared.adapters import bodies, states
from shared.adapters.arm import Arm
from shared.adapters.operations import begun, followed
from shared.domain.azure.data_collection import DataAsset
from shared.domain.azure.endpoint import (
    DeploymentSpec,
    DeploymentState,
    EndpointSpec,
    EndpointState,
    Identity,
    OperationState,
    WorkspaceFacts,
)
from shared.domain.failure import Conflict, Denied, Refused
from shared.domain.kinds.model_type import CUSTOM_TYPE
from shared.domain.manifest.connection_variable import ConnectionShape
from shared.domain.manifest.environment_reference import RegisteredEnvironment
from shared.domain.planning.quota import Usage

ML = "2025-12-01"
IDENTITY = "2023-01-31"
REGISTRY = "2025-11-01"
SCORING = "https://ml.azure.com/.default"
_LOGS = "Container logs:"
_ABAC = "AbacRepositoryPermissions"


class ArmWorkspace:
    """One workspace, by its ARM id."""

    def __init__(self, arm: Arm, workspace_id: str) -> None:
        self._arm = arm
        self._id = workspace_id
        self._facts: WorkspaceFacts | None = None

    def facts(self, *, newest: bool = False) -> WorkspaceFacts:
        """One GET at first; for the newest also later, until the registry is known."""
        if self._facts is None or (newest and self._facts.container_registry_id is None):
            document = self._arm.get(self._id, ML)
            inner = document["properties"]
            self._facts = WorkspaceFacts(
                id=self._id,
                location=document["location"],
                storage_account_id=inner["storageAccount"],
                container_registry_id=inner.get("containerRegistry"),
                application_insights_id=inner.get("applicationInsights"),
                tenant_id=(document.get("identity") or {}).get("tenantId") or "",
            )
        return self._facts

    def connections(self) -> frozenset[str]:
        """One GET per page."""
        return frozenset(one["name"] for one in self._arm.pages(f"{self._id}/connections", ML))

    def connection_shapes(self) -> Mapping[str, ConnectionShape]:
        """One GET per page."""
        return states.connection_shapes(self._arm.pages(f"{self._id}/connections", ML))

    def keyless_targets(self) -> Mapping[str, str]:
        """One GET per page."""
        return states.keyless_targets(self._arm.pages(f"{self._id}/connections", ML))

    def registry_in_abac_mode(self) -> bool:
        """One GET."""
        registry = self.facts().container_registry_id
        try:
            found = self._arm.find(registry, REGISTRY) if registry else None
        except (Denied, Refused):
            return False
        return found is not None and found["properties"].get("roleAssignmentMode") == _ABAC

    def user_identity(self, resource_id: str) -> Identity | None:
        """One GET."""
        document = self._arm.find(resource_id, IDENTITY)
        return None if document is None else states.user_identity(resource_id, document)

    def endpoint(self, name: str) -> EndpointState | None:
        """One GET."""
        document = self._arm.find(self._endpoint(name), ML)
        return None if document is None else states.endpoint_state(document)

    def endpoints(self) -> tuple[EndpointState, ...]:
        """One GET per page."""
        found = self._arm.pages(f"{self._id}/onlineEndpoints", ML)
        return tuple(sorted(map(states.endpoint_state, found), key=lambda it: it.name))

    def deployments(self, endpoint: str) -> tuple[DeploymentState, ...]:
        """One GET per page."""
        try:
            found = self._arm.pages(f"{self._endpoint(endpoint)}/deployments", ML)
            return tuple(states.deployment_state(one) for one in found)
        except Refused as refused:
            if refused.status == 404:
                return ()
            raise

    def put_endpoint(self, spec: EndpointSpec, *, new: bool = False) -> str | None:
        """One PUT; one GET before it unless the endpoint is new."""
        path = self._endpoint(spec.name)
        before = None if new else self._arm.find(path, ML)
        location = before["location"] if before else self.facts().location
        return begun(self._put(path, bodies.endpoint_body(spec, location, before)))

    def set_traffic(
        self,
        endpoint: str,
        traffic: Mapping[str, int],
        *,
        mirror: Mapping[str, int] | None = None,
    ) -> str | None:
        """One GET, one PUT."""
        path = self._endpoint(endpoint)
        before = self._arm.get(path, ML)
        return begun(self._put(path, bodies.traffic_body(before, traffic, mirror)))

    def put_deployment(self, endpoint: str, spec: DeploymentSpec) -> str | None:
        """One PUT; one GET before it if the spec leaves the number of instances open."""
        path = self._deployment(endpoint, spec.name)
        count = spec.instance_count
        if count is None:
            before = self._arm.find(path, ML)
            count = (states.instances(before) if before else None) or 1
        location = self.facts().location
        return begun(self._put(path, bodies.deployment_body(spec, location, count)))

    def backup_deployment(self, endpoint: str, name: str) -> dict[str, Any] | None:
        """One GET."""
        document = self._arm.find(self._deployment(endpoint, name), ML)
        return None if document is None else bodies.deployment_backup(document)

    def restore_deployment(self, endpoint: str, name: str, kept: Mapping[str, Any]) -> str | None:
        """One PUT."""
        return begun(self._put(self._deployment(endpoint, name), kept))

    def put_data_asset(self, asset: DataAsset) -> None:
        """One PUT."""
        path = f"{self._id}/data/{asset.name}/versions/{asset.version}"
        try:
            self._put(path, bodies.data_body(asset))
        except Conflict:
            return  # it exists, perhaps with content: a version's path cannot change

    def environment(self, name: str, version: str | None) -> RegisteredEnvironment | None:
        """One GET; two for the latest version."""
        container = f"{self._id}/environments/{name}"
        if version is None:
            latest = self._arm.find(container, ML)
            version = latest["properties"].get("latestVersion") if latest else None
        if version is None:
            return None
        document = self._arm.find(f"{container}/versions/{version}", ML)
        return None if document is None else states.registered_environment(document)

    def usage(self, family: str) -> Usage | None:
        """One GET per page, up to the one with the family."""
        subscription = "/".join(self._id.split("/")[:3])
        provider = "providers/Microsoft.MachineLearningServices"
        place = f"{subscription}/{provider}/locations/{self.facts().location}"
        found = map(states.usage, self._arm.pages(f"{place}/usages", ML))
        return next((it for it in found if it.counts(family)), None)

    def delete_deployment(self, endpoint: str, name: str) -> str | None:
        """One DELETE."""
        return self._delete(self._deployment(endpoint, name))

    def delete_endpoint(self, name: str) -> str | None:
        """One DELETE."""
        return self._delete(self._endpoint(name))

    def operation(self, url: str) -> OperationState:
        """One GET."""
        return followed(self._arm, url)

    def deployment_log(self, endpoint: str, name: str, *, lines: int = 100) -> str:
        """One POST, two if the container has written nothing."""
        path = f"{self._deployment(endpoint, name)}/getLogs"
        for container in ("InferenceServer", "StorageInitializer"):
            content = self._log(path, container, lines)
            if content.rpartition(_LOGS)[2].strip():
                return content
        return ""

    def credential(self, endpoint: str, auth_mode: str, *, fresh: bool = False) -> str:
        """One POST, none in mode AADToken; always fresh."""
        del fresh
        if auth_mode == "AADToken":
            return self._arm.token(SCORING)
        path = self._endpoint(endpoint)
        if auth_mode == "AMLToken":
            return str(self._post(f"{path}/token")["accessToken"])
        return str(self._post(f"{path}/listKeys")["primaryKey"])

    def has_model(self, name: str, version: str) -> bool:
        """One GET."""
        return self._has("models", name, version)

    def model_type(self, name: str, version: str) -> str | None:
        """One GET."""
        found = self._arm.find(f"{self._id}/models/{name}/versions/{version}", ML)
        return None if found is None else str(found["properties"].get("modelType") or CUSTOM_TYPE)

    def has_code(self, name: str, version: str) -> bool:
        """One GET."""
        return self._has("codes", name, version)

    def has_environment(self, name: str, version: str) -> bool:
        """One GET."""
        return self._has("environments", name, version)

    def _endpoint(self, name: str) -> str:
        return f"{self._id}/onlineEndpoints/{name}"

    def _deployment(self, endpoint: str, name: str) -> str:
        return f"{self._endpoint(endpoint)}/deployments/{name}"

    def _has(self, kind: str, name: str, version: str) -> bool:
        return self._arm.find(f"{self._id}/{kind}/{name}/versions/{version}", ML) is not None

    def _delete(self, path: str) -> str | None:
        try:
            return begun(self._arm.call("DELETE", path, ML))
        except Refused as refused:
            if refused.status == 404:
                return None
            raise

    def _put(self, path: str, body: Mapping[str, Any]) -> HttpResponse:
        return self._arm.call("PUT", path, ML, body)

    def _post(self, path: str, body: Mapping[str, Any] | None = None) -> dict[str, Any]:
        return dict(self._arm.call("POST", path, ML, body).json() or {})

    def _log(self, path: str, container: str, lines: int) -> str:
        try:
            answer = self._post(path, {"containerType": container, "tail": lines})
        except Refused:
            return ""  # no container was started, so there is no log
        return str(answer.get("content") or "")
