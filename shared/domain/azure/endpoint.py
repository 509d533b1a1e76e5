"""Endpoints and deployments: as requested, and as Azure ML reports them.

Field names follow Azure ML's REST API (managedOnlineEndpoint, managedOnlineDeployment); durations
are in seconds, traffic in per cent by deployment.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from shared.domain.azure.data_collection import DataCollectorSpec

TERMINAL_STATES = frozenset({"Succeeded", "Failed", "Canceled"})
AuthMode = Literal["Key", "AMLToken", "AADToken"]


@dataclass(frozen=True)
class Identity:
    """The identity of an endpoint. Principal and client are None until the endpoint is created."""

    kind: Literal["SystemAssigned", "UserAssigned"] = "SystemAssigned"
    resource_id: str | None = None
    principal_id: str | None = None
    client_id: str | None = None


@dataclass(frozen=True)
class EndpointSpec:
    """An endpoint as requested. `properties` are ARM's inner `properties.properties`."""

    name: str
    auth_mode: AuthMode = "Key"
    identity: Identity = Identity()
    description: str | None = None
    tags: Mapping[str, str] = field(default_factory=dict)
    properties: Mapping[str, str] = field(default_factory=dict)
    public_network_access: Literal["Enabled", "Disabled"] | None = None


@dataclass(frozen=True)
class EndpointState:
    """An endpoint as Azure ML reports it."""

    name: str
    id: str
    provisioning_state: str
    auth_mode: str
    identity: Identity
    scoring_uri: str
    traffic: Mapping[str, int]
    mirror_traffic: Mapping[str, int] = field(default_factory=dict)
    tags: Mapping[str, str] = field(default_factory=dict)
    properties: Mapping[str, str] = field(default_factory=dict)
    operation_url: str | None = None
    description: str | None = None
    public_network_access: str | None = None

    @property
    def busy(self) -> bool:
        """True while an operation runs: Azure accepts no other write until it ends."""
        return self.provisioning_state not in TERMINAL_STATES


@dataclass(frozen=True)
class Probe:
    """A liveness or readiness probe. Seconds."""

    initial_delay: int = 10
    period: int = 10
    timeout: int = 2
    failure_threshold: int = 30
    success_threshold: int = 1


@dataclass(frozen=True)
class RequestSettings:
    """Limits of one instance. Azure's default timeout of 5 s is too short for most flows."""

    request_timeout: float = 300.0
    max_concurrent_requests_per_instance: int = 10
    max_queue_wait: float = 30.0


@dataclass(frozen=True, kw_only=True)
class DeploymentSettings:
    """Settings of a deployment, as the manifest requests them and as they are PUT.

    If `instance_count` is None, the current count is kept (an autoscaler may have set it); a new
    deployment gets 1.
    """

    instance_count: int | None = None
    environment_variables: Mapping[str, str] = field(default_factory=dict)
    request_settings: RequestSettings = RequestSettings()
    liveness_probe: Probe = Probe()
    readiness_probe: Probe = Probe()
    app_insights_enabled: bool = False
    description: str | None = None
    tags: Mapping[str, str] = field(default_factory=dict)
    properties: Mapping[str, str] | None = None
    egress_public_network_access: str | None = None
    private_network_connection: bool | None = None
    model_mount_path: str | None = None


@dataclass(frozen=True)
class CodeSpec:
    """The code of a deployment: the ARM id of a version, and the path of the script in it."""

    id: str
    script: str


@dataclass(frozen=True)
class DeploymentSpec(DeploymentSettings):
    """A deployment as requested. `model` and `environment` are ARM ids of versions.

    `model` is empty for a deployment without one.
    """

    name: str
    model: str
    environment: str
    instance_type: str
    data_collector: DataCollectorSpec | None = None
    code: CodeSpec | None = None


@dataclass(frozen=True)
class DeploymentState:
    """A deployment as Azure ML reports it. Its variables may hold secrets: show their names alone.

    None for a setting that Azure does not report.
    """

    name: str
    provisioning_state: str
    model: str
    environment: str
    instance_type: str
    instance_count: int
    tags: Mapping[str, str] = field(default_factory=dict)
    created_at: str = ""
    operation_url: str | None = None
    app_insights_enabled: bool = False
    environment_variables: Mapping[str, str] = field(default_factory=dict, repr=False)
    request_settings: RequestSettings | None = None
    liveness_probe: Probe | None = None
    readiness_probe: Probe | None = None
    egress_public_network_access: str | None = None
    code: CodeSpec | None = None

    @property
    def busy(self) -> bool:
        """True while an operation runs: Azure accepts no other write until it ends."""
        return self.provisioning_state not in TERMINAL_STATES


@dataclass(frozen=True)
class OperationState:
    """A long-running operation. `code` and `message` are set only if it failed.

    `unknown`: its status URL is refused or gone. The operation may still run; the resource's own
    state shows its end.
    """

    status: Literal["running", "succeeded", "failed", "unknown"]
    code: str = ""
    message: str = ""


@dataclass(frozen=True)
class WorkspaceFacts:
    """The workspace's own resources, by ARM id.

    A registry in ABAC mode honours repository roles alone; the mode is read only when needed.
    """

    id: str
    location: str
    storage_account_id: str
    container_registry_id: str | None
    application_insights_id: str | None = None
    tenant_id: str = ""
    registry_in_abac_mode: bool = False
