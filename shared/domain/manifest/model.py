"""The manifest. Fields that are not set are None; the release adds the defaults."""

from typing import Annotated

from pydantic import AfterValidator, Field

from shared.domain.access.approval import Approval
from shared.domain.manifest.access import Access
from shared.domain.manifest.az_ml import TextMap
from shared.domain.manifest.comparison import ComparisonSection
from shared.domain.manifest.deployment import Deployment
from shared.domain.manifest.endpoint import Endpoint
from shared.domain.manifest.lifetime import ttl_seconds
from shared.domain.manifest.registered_model import RegisteredModel
from shared.domain.manifest.rollout import RolloutSection
from shared.domain.manifest.section import Section
from shared.domain.manifest.smoke_test import SmokeTest


def _lifetime(value: str | float | None) -> str | float | None:
    if value is not None:
        ttl_seconds(value)
    return value


class FlowSection(Section):
    """The outputs that are served, and the connections that are used."""

    outputs: list[str] | None = None
    """Outputs in the response; all by default."""
    connections: dict[str, str | TextMap] | None = None
    """For each connection that the flow names: another one's name, \
`${{azureml://connections/name}}`, or values of single fields."""
    include_secret_files: list[str] | None = None
    """Paths of files that are packed, uploaded and registered although they hold secrets, such as \
`.env`, keys and `local.settings.json`; all others are left out. Only in deploy.yaml."""


class Manifest(Section):
    """deploy.yaml: how a flow is deployed. Everything is optional."""

    endpoint: Endpoint = Field(default_factory=Endpoint)
    """The stable URL, in az ml's words."""
    deployment: Deployment = Field(default_factory=Deployment)
    """The deployment behind it, in az ml's words."""
    model: RegisteredModel = Field(default_factory=RegisteredModel)
    """Properties of the model that the flow is registered as, in az ml's words."""
    flow: FlowSection = Field(default_factory=FlowSection)
    """Outputs and connections of the flow."""
    access: Access = Field(default_factory=Access)
    """Rights that Sluice gives the endpoint's identity."""
    smoke_test: SmokeTest = Field(default_factory=SmokeTest)
    """The sample requests before any traffic."""
    comparison: ComparisonSection = Field(default_factory=ComparisonSection)
    """What must be as before, before any traffic."""
    rollout: RolloutSection = Field(default_factory=RolloutSection)
    """How traffic moves to a new deployment."""
    approval: Approval = "none"
    """Whether a person must approve the job: before its first write (`writes`), or once the new \
deployment is tested, before it gets traffic (`traffic`)."""
    retain: Annotated[int, Field(ge=0, le=10)] = 1
    """Old deployments that are kept behind the endpoint."""
    ttl: Annotated[str | float | None, AfterValidator(_lifetime)] = None
    """Time without requests after which the endpoint is deleted: `P7D`, `PT36H`, or hours."""
