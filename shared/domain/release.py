"""The release: what shall serve, as the planner and the steps need it.

Made once by `prepare`, kept in the ledger. None means that nobody asked: what is there is kept,
else the default holds.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from functools import cache
from typing import Any

from pydantic import TypeAdapter

from shared.domain.access import AccessAsk
from shared.domain.endpoint import (
    AuthMode,
    DeploymentSpec,
    Identity,
    Probe,
    RequestSettings,
)
from shared.domain.smoke_test import SmokeTest

DEFAULT_IMAGE = "mcr.microsoft.com/azureml/promptflow/promptflow-runtime:latest"
DEFAULT_INSTANCE_TYPE = "Standard_DS3_v2"
ENVIRONMENT_NAME = "sluice-flow"

# Tags on what Sluice makes: whose it is, for which job, and which try of it.
DIGEST_TAG = "sluice-digest"
JOB_TAG = "sluice-job"
ATTEMPT_TAG = "sluice-attempt"


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
class EnvironmentAsk:
    """The image that serves, and what is installed over it (the text of requirements.txt)."""

    image: str = DEFAULT_IMAGE
    requirements: str | None = None

    @property
    def version(self) -> str:
        """A hash of the content: the same environment is built once, for all endpoints."""
        return _hash(asdict(self), 16)


@dataclass(frozen=True)
class DeploymentAsk:
    """What the manifest and the flow ask of the deployment."""

    instance_type: str = DEFAULT_INSTANCE_TYPE
    instance_count: int | None = None
    environment_variables: Mapping[str, str] = field(default_factory=dict)
    request_settings: RequestSettings = RequestSettings()
    liveness_probe: Probe = Probe()
    readiness_probe: Probe = Probe()
    app_insights_enabled: bool = False
    description: str | None = None
    tags: Mapping[str, str] = field(default_factory=dict)


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
        """A hash of digest, environment and settings; the instance count changes in place."""
        settings = asdict(self.deployment)
        del settings["instance_count"]
        asked = {
            "digest": self.digest,
            "environment": self.environment.version,
            "model": dict(self.model_properties),
            "settings": settings,
        }
        return f"d-{_hash(asked, 12)}"

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
        environment=(
            f"{workspace_id}/environments/{ENVIRONMENT_NAME}/versions/{release.environment.version}"
        ),
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
        tags={
            **ask.tags,
            DIGEST_TAG: release.digest,
            JOB_TAG: release.job,
            ATTEMPT_TAG: str(attempt),
        },
    )


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
    return variables


def _hash(value: Any, length: int) -> str:
    text = json.dumps(value, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()[:length]
