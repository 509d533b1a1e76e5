"""Build the bodies of PUT requests for endpoints and deployments. Pure.

Shapes: Azure ML REST API, 'Online Endpoints' and 'Online Deployments', Create Or Update.
"""

from collections.abc import Mapping
from typing import Any

from shared.adapters.states import OPERATION, Document, identity
from shared.domain.azure.data_collection import DataAsset, DataCollectorSpec
from shared.domain.azure.endpoint import (
    CodeSpec,
    DeploymentSpec,
    EndpointSpec,
    Identity,
    Probe,
    RequestSettings,
)

_KEPT = ("authMode", "description", "publicNetworkAccess")
_NOTHING: Document = {}


def endpoint_body(spec: EndpointSpec, location: str, before: Document | None) -> dict[str, Any]:
    """The body for the endpoint of a spec; existing traffic, tags and properties are kept.

    Args:
        spec: the wanted endpoint.
        location: the workspace's region.
        before: the endpoint as a GET returned it, or None if it does not exist.
    """
    body = unchanged(before or {"location": location})
    if spec.tags:
        body["tags"] = {**body["tags"], **spec.tags}
    body["identity"] = _identity_body(spec.identity)
    wanted = {
        "authMode": spec.auth_mode,
        "description": spec.description,
        "publicNetworkAccess": spec.public_network_access,
    }
    inner = body["properties"]
    inner |= {key: value for key, value in wanted.items() if value is not None}
    inner["properties"] |= spec.properties
    return body


def unchanged(before: Document) -> dict[str, Any]:
    """The body that would leave an endpoint as a GET returned it.

    A PUT replaces the endpoint: whatever the body lacks is lost, traffic too.
    """
    inner = before.get("properties") or _NOTHING
    own = inner.get("properties") or _NOTHING
    body = {
        "location": before["location"],
        "kind": "Managed",
        "tags": dict(before.get("tags") or {}),
        "properties": {
            **{key: inner[key] for key in _KEPT if inner.get(key) is not None},
            "traffic": dict(inner.get("traffic") or {}),
            "mirrorTraffic": dict(inner.get("mirrorTraffic") or {}),
            "properties": {key: value for key, value in own.items() if key != OPERATION},
        },
    }
    if before.get("identity"):
        body["identity"] = _identity_body(identity(before["identity"]))
    return body


def traffic_body(
    before: Document, traffic: Mapping[str, int], mirror: Mapping[str, int] | None = None
) -> dict[str, Any]:
    """The body that changes live traffic. A deployment gets live or mirrored traffic, not both."""
    body = unchanged(before)
    mirrored = body["properties"]["mirrorTraffic"] if mirror is None else mirror
    body["properties"]["traffic"] = dict(traffic)
    body["properties"]["mirrorTraffic"] = {
        name: share for name, share in mirrored.items() if not traffic.get(name.lower())
    }
    return body


def deployment_body(spec: DeploymentSpec, location: str, instances: int) -> dict[str, Any]:
    """The body for the deployment of a spec."""
    collected = _data_collector(spec.data_collector)
    return {
        "location": location,
        "kind": "Managed",
        "tags": dict(spec.tags),
        "sku": {"name": "Default", "tier": "Standard", "capacity": instances},
        "properties": {
            "endpointComputeType": "Managed",
            **({"model": spec.model} if spec.model else {}),
            **({"modelMountPath": spec.model_mount_path} if spec.model_mount_path else {}),
            **({"codeConfiguration": _code(spec.code)} if spec.code is not None else {}),
            **({"environmentId": spec.environment} if spec.environment else {}),
            "instanceType": spec.instance_type,
            "environmentVariables": dict(spec.environment_variables),
            "appInsightsEnabled": spec.app_insights_enabled,
            "description": spec.description,
            "scaleSettings": {"scaleType": "Default"},
            "requestSettings": _requests(spec.request_settings),
            "livenessProbe": _probe(spec.liveness_probe),
            "readinessProbe": _probe(spec.readiness_probe),
            **({"dataCollector": collected} if collected is not None else {}),
            **_network(spec),
        },
    }


def _code(spec: CodeSpec) -> dict[str, Any]:
    return {"codeId": spec.id, "scoringScript": spec.script}


def _network(spec: DeploymentSpec) -> dict[str, Any]:
    """As azure-ai-ml sends it: a private connection is only an inner property."""
    own = dict[str, Any](spec.properties or {})
    if spec.private_network_connection:
        own["private-network-connection"] = True
    body = {
        "properties": own or None,
        "egressPublicNetworkAccess": spec.egress_public_network_access,
    }
    return _without_nulls(body)


def deployment_backup(before: Document) -> dict[str, Any]:
    """The body that puts a deployment back as a GET returned it."""
    inner = before["properties"]
    own = inner.get("properties") or _NOTHING
    kept = {key: value for key, value in inner.items() if value is not None}
    kept["properties"] = {key: value for key, value in own.items() if key != OPERATION}
    kept.pop("provisioningState", None)
    return {
        "location": before["location"],
        "kind": "Managed",
        "tags": dict(before.get("tags") or {}),
        "sku": dict(before.get("sku") or {}),
        "properties": kept,
    }


def data_body(asset: DataAsset) -> dict[str, Any]:
    """The body of a folder data asset, as azure-ai-ml registers it for collected data."""
    properties = {"dataType": "uri_folder", "dataUri": asset.path, "isAnonymous": False}
    return {"properties": {**properties, "isArchived": False, "tags": {}, "properties": {}}}


def _data_collector(spec: DataCollectorSpec | None) -> dict[str, Any] | None:
    """As azure-ai-ml sends it: `enabled` in small letters, the rate in every collection."""
    if spec is None:
        return None
    body: dict[str, Any] = {
        "collections": {
            key: _without_nulls(
                {
                    "dataCollectionMode": "enabled" if each.enabled else "disabled",
                    "samplingRate": spec.sampling_rate,
                    "dataId": each.data_id,
                    "clientId": each.client_id,
                }
            )
            for key, each in spec.collections.items()
        },
        "rollingRate": spec.rolling_rate,
    }
    if spec.capture_headers is not None:
        body["requestLogging"] = {"captureHeaders": list(spec.capture_headers)}
    return _without_nulls(body)


def _without_nulls(body: Document) -> dict[str, Any]:
    return {key: value for key, value in body.items() if value is not None}


def _identity_body(wanted: Identity) -> dict[str, Any]:
    if wanted.kind == "SystemAssigned":
        return {"type": "SystemAssigned"}
    return {"type": "UserAssigned", "userAssignedIdentities": {str(wanted.resource_id): {}}}


def _requests(settings: RequestSettings) -> dict[str, Any]:
    return {
        "requestTimeout": _duration(settings.request_timeout),
        "maxConcurrentRequestsPerInstance": settings.max_concurrent_requests_per_instance,
        "maxQueueWait": _duration(settings.max_queue_wait),
    }


def _probe(probe: Probe) -> dict[str, Any]:
    return {
        "initialDelay": _duration(probe.initial_delay),
        "period": _duration(probe.period),
        "timeout": _duration(probe.timeout),
        "failureThreshold": probe.failure_threshold,
        "successThreshold": probe.success_threshold,
    }


def _duration(seconds: float) -> str:
    """ISO 8601, to the millisecond; never with an exponent."""
    number = f"{seconds:.3f}".rstrip("0").rstrip(".")
    return f"PT{number}S"
