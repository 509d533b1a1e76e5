"""The release: what shall serve, as the planner and the steps need it.

Made once by `prepare`, kept in the ledger. None means that nobody asked: what is there is kept,
else the default holds.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from functools import cache
from typing import Any

from pydantic import TypeAdapter

from shared.domain.access import AccessAsk
from shared.domain.data_collection import (
    CollectionSpec,
    DataAsset,
    DataCollectorAsk,
    DataCollectorSpec,
)
from shared.domain.endpoint import (
    AuthMode,
    DeploymentSpec,
    Identity,
    Probe,
    RequestSettings,
)
from shared.domain.environment_ask import EnvironmentAsk, hashed
from shared.domain.smoke_test import SmokeTest

DEFAULT_INSTANCE_TYPE = "Standard_DS3_v2"

# Tags on what Sluice makes: whose it is, for which job, and which try of it.
DIGEST_TAG = "sluice-digest"
JOB_TAG = "sluice-job"
ATTEMPT_TAG = "sluice-attempt"
ASKED_TAG = "sluice-asked"
"""A hash of all that was asked of a deployment, instances left out: whether it is as asked."""


@dataclass(frozen=True)
class EndpointAsk:
    """What the manifest asks of the endpoint."""

    name: str
    auth_mode: AuthMode | None = None
    identity: Identity | None = None
    description: str | None = None
    tags: Mapping[str, str] = field(default_factory=dict)
    properties: Mapping[str, str] = field(default_factory=dict)
    public_network_access: str | None = None


@dataclass(frozen=True)
class DeploymentAsk:
    """What the manifest and the flow ask of the deployment. `name`: a fixed one."""

    name: str | None = None
    instance_type: str = DEFAULT_INSTANCE_TYPE
    instance_count: int | None = None
    environment_variables: Mapping[str, str] = field(default_factory=dict)
    request_settings: RequestSettings = RequestSettings()
    liveness_probe: Probe = Probe()
    readiness_probe: Probe = Probe()
    app_insights_enabled: bool = False
    description: str | None = None
    tags: Mapping[str, str] = field(default_factory=dict)
    data_collector: DataCollectorAsk | None = None


@dataclass(frozen=True)
class Limits:
    """How long to wait, in seconds: for a permission to be in force, a person, an operation."""

    propagation: float = 20 * 60.0
    grant: float = 4 * 3600.0
    operation: float = 3600.0


@dataclass(frozen=True)
class Release:
    """The intent that a revision serve at an endpoint."""

    job: str
    order: str
    path: str
    digest: str
    endpoint: EndpointAsk
    deployment: DeploymentAsk
    environment: EnvironmentAsk
    smoke_test: SmokeTest
    retain: int = 1
    ttl: float | None = None
    model_properties: Mapping[str, str] = field(default_factory=dict)
    connections: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    limits: Limits = Limits()
    access: AccessAsk = AccessAsk()

    @property
    def deployment_name(self) -> str:
        """The fixed name, or one derived from all that is asked."""
        return self.deployment.name or f"d-{self.asked}"

    @property
    def asked(self) -> str:
        """A hash of digest, environment and settings; the instance count changes in place."""
        settings = asdict(self.deployment)
        del settings["instance_count"], settings["name"]
        asked = {
            "digest": self.digest,
            "environment": self.environment.version,
            "model": dict(self.model_properties),
            "settings": {key: value for key, value in settings.items() if value is not None},
        }
        return hashed(asked, 12)

    @property
    def data_assets(self) -> dict[str, DataAsset]:
        """The data asset of each collection of inputs or outputs."""
        collector = self.deployment.data_collector
        if collector is None:
            return {}
        return collector.assets(self.endpoint.name, self.deployment_name)

    @property
    def model_name(self) -> str:
        """The model is named after the endpoint; its versions are the digests."""
        return self.endpoint.name


@cache
def _release_adapter() -> TypeAdapter[Release]:
    """Built when first needed: it takes longer than the rest of the import."""
    return TypeAdapter(Release)


def to_json(release: Release) -> dict[str, Any]:
    plain: dict[str, Any] = _release_adapter().dump_python(release, mode="json")
    return plain


def from_json(plain: Mapping[str, Any]) -> Release:
    return _release_adapter().validate_python(plain)


def deployment_spec(
    release: Release, *, workspace_id: str, client_id: str | None, attempt: int, count: int | None
) -> DeploymentSpec:
    """What to PUT for the deployment, with what only the planner's observation tells.

    Args:
        release: what is asked.
        workspace_id: ARM id of the workspace.
        client_id: of a user-assigned identity; the runtime must be told which one to be.
        attempt: which try this is, from 1; kept in a tag so that a step that runs twice knows it.
        count: instances, None for what runs now.
    """
    ask, name = release.deployment, release.deployment_name
    return DeploymentSpec(
        name=name,
        model=f"{workspace_id}/models/{release.model_name}/versions/{release.digest}",
        environment=release.environment.id(workspace_id),
        instance_type=ask.instance_type,
        instance_count=count,
        environment_variables={
            **_runtime_variables(release, workspace_id, name, client_id),
            **ask.environment_variables,
        },
        request_settings=ask.request_settings,
        liveness_probe=ask.liveness_probe,
        readiness_probe=ask.readiness_probe,
        app_insights_enabled=ask.app_insights_enabled,
        description=ask.description,
        data_collector=_data_collector(release, workspace_id),
        tags={
            **ask.tags,
            DIGEST_TAG: release.digest,
            ASKED_TAG: release.asked,
            JOB_TAG: release.job,
            ATTEMPT_TAG: str(attempt),
        },
    )


def _data_collector(release: Release, workspace_id: str) -> DataCollectorSpec | None:
    ask = release.deployment.data_collector
    if ask is None:
        return None
    collections = {
        key: CollectionSpec(
            enabled=ask.collections[key].enabled,
            data_id=f"{workspace_id}/data/{asset.name}/versions/{asset.version}",
            client_id=ask.collections[key].client_id,
        )
        for key, asset in release.data_assets.items()
    }
    return DataCollectorSpec(collections, ask.rolling_rate, ask.sampling_rate, ask.capture_headers)


def _runtime_variables(
    release: Release, workspace_id: str, name: str, client_id: str | None
) -> dict[str, str]:
    """What the prompt flow runtime must be told: how it serves, where it is, and as whom."""
    parts = workspace_id.strip("/").split("/")
    place = {
        "subscription_id": parts[1],
        "resource_group": parts[3],
        "workspace_name": parts[7],
        "endpoint_name": release.endpoint.name,
        "deployment_name": name,
    }
    variables = {
        "PROMPTFLOW_RUN_MODE": "serving",
        "PRT_CONFIG_OVERRIDE": ",".join(f"deployment.{key}={it}" for key, it in place.items()),
    }
    if client_id:
        variables["AZURE_CLIENT_ID"] = client_id
    if release.deployment.app_insights_enabled:
        named = {"endpoint": release.endpoint.name, "deployment": name}
        # Since promptflow 1.17.1 the runtime counts neither tokens nor remote calls otherwise; and
        # it leaves these two dimensions out where a connection provider is set.
        variables["PF_DISABLE_TRACING"] = "false"
        variables["PF_SERVING_METRICS_COMMON_DIMENSIONS"] = json.dumps(named)
    return variables
