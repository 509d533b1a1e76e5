"""The release: what shall serve, as the planner and the steps need it.

Made once by `prepare`, kept in the ledger. None means that nobody asked: what is there is kept,
else the default holds.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from functools import cache
from typing import Any

from pydantic import TypeAdapter

from shared.domain.access.caller import Caller
from shared.domain.access.roles import AccessAsk
from shared.domain.azure.data_collection import DataAsset, DataCollectorAsk
from shared.domain.azure.endpoint import AuthMode, DeploymentSettings, Identity
from shared.domain.release.desired_environment import EnvironmentAsk, hashed
from shared.domain.release.smoke_test import SmokeTest

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
class DeploymentAsk(DeploymentSettings):
    """What the manifest and the flow ask of the deployment. `name`: a fixed one."""

    name: str | None = None
    instance_type: str = DEFAULT_INSTANCE_TYPE
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
    caller: Caller | None = None
    made_with_connections: bool = False

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
    """A release of before names had one spelling gets it now."""
    made = _release_adapter().validate_python(plain)
    endpoint = replace(made.endpoint, name=made.endpoint.name.lower())
    named = replace(made.deployment, name=(made.deployment.name or "").lower() or None)
    return replace(made, endpoint=endpoint, deployment=named)
