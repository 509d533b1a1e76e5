"""Read Azure ML's JSON into our values. Pure.

Shapes: Azure ML REST API, 'Online Endpoints', 'Online Deployments', Get; operations as recorded.
"""

from collections.abc import Iterable, Mapping
from datetime import timedelta
from functools import cache
from typing import Any

from pydantic import TypeAdapter

from shared.domain.azure.endpoint import (
    CodeSpec,
    DeploymentState,
    EndpointState,
    Identity,
    OperationState,
    Probe,
    RequestSettings,
)
from shared.domain.manifest.connection_variable import ConnectionShape
from shared.domain.manifest.environment_reference import RegisteredEnvironment
from shared.domain.planning.quota import Usage

type Document = Mapping[str, Any]

OPERATION = "AzureAsyncOperationUri"
"""The inner property with the status URL of the last operation."""

_NOTHING: Document = {}
_OPENAI = frozenset({"azureopenai", "azure_open_ai", "aiservices"})


def endpoint_state(document: Document) -> EndpointState:
    """Read an endpoint as a GET returns it."""
    inner = document["properties"]
    own = inner.get("properties") or _NOTHING
    return EndpointState(
        name=document["name"].lower(),
        id=document["id"],
        provisioning_state=inner["provisioningState"],
        auth_mode=inner["authMode"],
        identity=identity(document.get("identity") or _NOTHING),
        scoring_uri=inner.get("scoringUri") or "",
        traffic=_shares(inner.get("traffic")),
        mirror_traffic=_shares(inner.get("mirrorTraffic")),
        tags=document.get("tags") or {},
        properties={key: value for key, value in own.items() if key != OPERATION},
        operation_url=own.get(OPERATION),
        description=inner.get("description"),
        public_network_access=inner.get("publicNetworkAccess"),
    )


def _shares(traffic: Mapping[str, int] | None) -> dict[str, int]:
    """Traffic by deployment, in lower case: Azure keeps the case of names but ignores it."""
    return {name.lower(): share for name, share in (traffic or {}).items()}


def keyless_targets(connections: Iterable[Document]) -> dict[str, str]:
    """The connections to Azure OpenAI with Entra ID (authType AAD), with their resources' ids."""
    found = dict[str, str]()
    for one in connections:
        inner = one["properties"]
        category = str(inner.get("category")).lower()
        if str(inner.get("authType")).upper() == "AAD" and category in _OPENAI:
            metadata = inner.get("metadata") or _NOTHING
            ids = (value for key, value in metadata.items() if key.lower() == "resourceid")
            found[one["name"]] = str(next(ids, "") or "")
    return found


def connection_shapes(connections: Iterable[Document]) -> dict[str, ConnectionShape]:
    """Category and metadata names of each connection."""
    return {
        one["name"]: ConnectionShape(
            category=str(one["properties"].get("category") or ""),
            metadata=frozenset(one["properties"].get("metadata") or _NOTHING),
            keyless=str(one["properties"].get("authType")).upper() == "AAD",
        )
        for one in connections
    }


def deployment_state(document: Document) -> DeploymentState:
    """Read a deployment as a GET returns it."""
    inner = document["properties"]
    return DeploymentState(
        name=document["name"].lower(),
        provisioning_state=inner["provisioningState"],
        model=inner.get("model") or "",
        environment=inner.get("environmentId") or "",
        instance_type=inner.get("instanceType") or "",
        instance_count=instances(document) or 1,
        tags=document.get("tags") or {},
        created_at=(document.get("systemData") or _NOTHING).get("createdAt") or "",
        operation_url=(inner.get("properties") or _NOTHING).get(OPERATION),
        app_insights_enabled=bool(inner.get("appInsightsEnabled")),
        environment_variables=inner.get("environmentVariables") or _NOTHING,
        request_settings=_request_settings(inner.get("requestSettings")),
        liveness_probe=_probe(inner.get("livenessProbe")),
        readiness_probe=_probe(inner.get("readinessProbe")),
        egress_public_network_access=inner.get("egressPublicNetworkAccess"),
        code=_code(inner.get("codeConfiguration")),
    )


def _code(given: Document | None) -> CodeSpec | None:
    return CodeSpec(given.get("codeId") or "", given["scoringScript"]) if given else None


def _request_settings(given: Document | None) -> RequestSettings | None:
    if not given:
        return None
    read = {
        "request_timeout": _seconds(given.get("requestTimeout")),
        "max_concurrent_requests_per_instance": given.get("maxConcurrentRequestsPerInstance"),
        "max_queue_wait": _seconds(given.get("maxQueueWait")),
    }
    return RequestSettings(**_known(read))


def _probe(given: Document | None) -> Probe | None:
    if not given:
        return None
    read = {
        "initial_delay": _seconds(given.get("initialDelay")),
        "period": _seconds(given.get("period")),
        "timeout": _seconds(given.get("timeout")),
        "failure_threshold": given.get("failureThreshold"),
        "success_threshold": given.get("successThreshold"),
    }
    return Probe(**_known(read))


def _known(read: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in read.items() if value is not None}


def _seconds(duration: str | None) -> float | None:
    """Read an ISO 8601 duration, as `PT5S`; Azure may write it otherwise than it was sent."""
    return None if not duration else _durations().validate_python(duration).total_seconds()


@cache
def _durations() -> TypeAdapter[timedelta]:
    return TypeAdapter(timedelta)


def instances(document: Document) -> int | None:
    """The number of instances of a deployment."""
    return (document.get("sku") or _NOTHING).get("capacity")


def operation_state(document: Document, code: str, message: str) -> OperationState:
    """Read the body of a status URL; `code` and `message` are those of its error."""
    status = document.get("status")
    if status in (None, "Succeeded"):
        return OperationState("succeeded")
    if status == "Canceled":
        return OperationState("failed", "OperationCanceled", message or "It was cancelled.")
    if status == "Failed":
        return OperationState("failed", code, message)
    return OperationState("running")


def registered_environment(document: Document) -> RegisteredEnvironment:
    """Read an environment version. A build context has no image until it is built."""
    inner = document["properties"]
    build = inner.get("build") or _NOTHING
    image = inner.get("image") or build.get("dockerfilePath") or ""
    routes = inner.get("inferenceConfig") or _NOTHING
    return RegisteredEnvironment(
        id=document["id"],
        image=image,
        serves=bool(routes),
        scoring_path=(routes.get("scoringRoute") or _NOTHING).get("path"),
    )


def usage(document: Document) -> Usage:
    """Read the usage of one family of sizes."""
    name = document.get("name") or _NOTHING
    return Usage(
        name=name.get("value") or "",
        current=int(document.get("currentValue") or 0),
        limit=int(document.get("limit", -1)),
        title=name.get("localizedValue") or "",
    )


def user_identity(resource_id: str, document: Document) -> Identity:
    """Read a user-assigned identity as a GET returns it."""
    inner = document["properties"]
    return Identity("UserAssigned", resource_id, inner.get("principalId"), inner.get("clientId"))


def identity(document: Document) -> Identity:
    """Read an endpoint's identity."""
    users = document.get("userAssignedIdentities") or _NOTHING
    for resource_id, known in users.items():
        ids = known or _NOTHING
        return Identity("UserAssigned", resource_id, ids.get("principalId"), ids.get("clientId"))
    return Identity(principal_id=document.get("principalId"))
