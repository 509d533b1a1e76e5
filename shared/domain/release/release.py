"""The release: what is to serve, as the planner and the steps need it.

`prepare` makes it once, and the ledger keeps it. None means not requested: the existing value is
kept, or the default is used.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from functools import cache
from typing import Any

from pydantic import TypeAdapter

from shared.domain.access.approval import Approval
from shared.domain.access.caller import Caller
from shared.domain.access.roles import AccessAsk
from shared.domain.azure.data_collection import DataAsset, DataCollectorAsk
from shared.domain.azure.endpoint import AuthMode, DeploymentSettings, Identity
from shared.domain.comparison.settings import Comparison
from shared.domain.kinds.model_type import CUSTOM_TYPE
from shared.domain.kinds.registered import REGISTRIES
from shared.domain.release.desired_environment import EnvironmentAsk, hashed
from shared.domain.release.registered import WHOLE_PACKAGE, CodeAsk, ModelAsk
from shared.domain.release.smoke_test import SmokeTest
from shared.domain.rollout.strategy import Rollout

DEFAULT_INSTANCE_TYPE = "Standard_DS3_v2"

# Tags on resources that Sluice makes: the digest, the job, and the attempt.
DIGEST_TAG = "sluice-digest"
JOB_TAG = "sluice-job"
ATTEMPT_TAG = "sluice-attempt"
ASKED_TAG = "sluice-asked"
"""Hash of all that was requested of a deployment, except the instance count."""


@dataclass(frozen=True)
class EndpointAsk:
    """The endpoint that the manifest requests."""

    name: str
    auth_mode: AuthMode | None = None
    identity: Identity | None = None
    description: str | None = None
    tags: Mapping[str, str] = field(default_factory=dict)
    properties: Mapping[str, str] = field(default_factory=dict)
    public_network_access: str | None = None


@dataclass(frozen=True)
class DeploymentAsk(DeploymentSettings):
    """The deployment that manifest and flow request. `name`: None unless the manifest fixes it."""

    name: str | None = None
    instance_type: str = DEFAULT_INSTANCE_TYPE
    data_collector: DataCollectorAsk | None = None


@dataclass(frozen=True)
class Limits:
    """Time limits in seconds: for a role to take effect, a person to grant it, an operation.

    `metrics_lag`: until Azure Monitor shows a minute. `hold`: for which a stage of a rollout waits
    for a verdict after its bake.
    """

    propagation: float = 20 * 60.0
    grant: float = 4 * 3600.0
    operation: float = 3600.0
    metrics_lag: float = 300.0
    hold: float = 1800.0


@dataclass(frozen=True)
class Release:
    """What is to serve at an endpoint, as requested, with every default.

    `environment`: None if Azure makes it from the model. `kind`: the name of its kind of package;
    releases of before there were kinds are of prompt flow, whose whole package is the model.
    """

    job: str
    order: str
    path: str
    digest: str
    endpoint: EndpointAsk
    deployment: DeploymentAsk
    environment: EnvironmentAsk | None
    smoke_test: SmokeTest
    retain: int = 1
    ttl: float | None = None
    model_properties: Mapping[str, str] = field(default_factory=dict)
    connections: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    limits: Limits = Limits()
    access: AccessAsk = AccessAsk()
    caller: Caller | None = None
    made_with_connections: bool = False
    kind: str = "prompt_flow"
    model: ModelAsk | None = WHOLE_PACKAGE
    code: CodeAsk | None = None
    rollout: Rollout = Rollout()
    approval: Approval = "none"
    comparison: Comparison = Comparison()

    @property
    def deployment_name(self) -> str:
        """The fixed name, or one derived from all that is requested."""
        return self.deployment.name or f"d-{self.asked}"

    @property
    def asked(self) -> str:
        """Hash of digest, environment and settings, without the instance count."""
        settings = asdict(self.deployment)
        del settings["instance_count"], settings["name"]
        asked: dict[str, Any] = {
            "digest": self.digest,
            "environment": self.environment and self.environment.version,
            "model": dict(self.model_properties),
            "settings": {key: value for key, value in settings.items() if value is not None},
        }
        if self.code is not None or self.environment is None or self.model != WHOLE_PACKAGE:
            asked["parts"] = [self.code and asdict(self.code), self.model and _plain(self.model)]
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
        """Model and code are named after the endpoint."""
        return self.endpoint.name

    @property
    def model_version(self) -> str:
        """The digest of the package, or of the part of it that is the model."""
        return (self.model and self.model.version) or self.digest

    @property
    def model_place(self) -> str | None:
        """The end of the ARM id of its model, or the id in a registry; None without one."""
        if self.model is None:
            return None
        own = f"models/{self.model_name}/versions/{self.model_version}"
        return self.model.registered or own

    def model_id(self, workspace_id: str) -> str:
        """Return the id of the model; empty without one."""
        place = self.model_place or ""
        return place if not place or place.startswith(REGISTRIES) else f"{workspace_id}/{place}"

    @property
    def scored_at(self) -> str:
        """The path of requests; that of Azure's own servers if Azure makes the environment."""
        return self.environment.scored_at if self.environment is not None else "/score"

    @property
    def code_place(self) -> str | None:
        """The end of the ARM id of its code; None without one."""
        if self.code is None:
            return None
        return f"codes/{self.model_name}/versions/{self.code.version}"


def _plain(model: ModelAsk) -> dict[str, Any]:
    """Return its values as they are hashed; the usual type is not, as before there were others."""
    plain = asdict(model)
    if model.type == CUSTOM_TYPE:
        del plain["type"]
    return plain


@cache
def _release_adapter() -> TypeAdapter[Release]:
    """Built when first needed: it takes longer than the rest of the import."""
    return TypeAdapter(Release)


def to_json(release: Release) -> dict[str, Any]:
    plain: dict[str, Any] = _release_adapter().dump_python(release, mode="json")
    return plain


def from_json(plain: Mapping[str, Any]) -> Release:
    """Read a release; older ones may have names that are not in lower case."""
    made = _release_adapter().validate_python(plain)
    endpoint = replace(made.endpoint, name=made.endpoint.name.lower())
    named = replace(made.deployment, name=(made.deployment.name or "").lower() or None)
    return replace(made, endpoint=endpoint, deployment=named)
