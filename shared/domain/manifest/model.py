"""How a person wants a flow deployed. What is not said is None: defaults are the planner's."""

from typing import Annotated

from pydantic import AfterValidator, Field

from shared.domain.manifest.access import Access
from shared.domain.manifest.az_ml import TextMap
from shared.domain.manifest.deployment import Deployment
from shared.domain.manifest.endpoint import Endpoint
from shared.domain.manifest.lifetime import ttl_seconds
from shared.domain.manifest.registered_model import RegisteredModel
from shared.domain.manifest.section import Section
from shared.domain.manifest.smoke_test import SmokeTest


def _lifetime(said: str | float | None) -> str | float | None:
    if said is not None:
        ttl_seconds(said)
    return said


class FlowSection(Section):
    """What of the flow is served, and with which connections."""

    outputs: list[str] | None = None
    """Outputs in the response; all of them where nothing is said."""
    connections: dict[str, str | TextMap] | None = None
    """By the connection that the flow names: another one's name, \
`${{azureml://connections/name}}`, or values of single fields."""
    include_secret_files: list[str] | None = None
    """Paths of files that are packed, uploaded and registered although they hold secrets, such as \
`.env`, keys and `local.settings.json`: all others stay behind. Taken from deploy.yaml alone."""


class Manifest(Section):
    """deploy.yaml: how a flow is deployed. Everything is optional."""

    endpoint: Endpoint = Field(default_factory=Endpoint)
    """The stable URL, in az ml's words."""
    deployment: Deployment = Field(default_factory=Deployment)
    """What runs behind it, in az ml's words."""
    model: RegisteredModel = Field(default_factory=RegisteredModel)
    """Properties of the model that the flow is registered as, in az ml's words."""
    flow: FlowSection = Field(default_factory=FlowSection)
    """Which outputs are served, with which connections."""
    access: Access = Field(default_factory=Access)
    """What Sluice lets the endpoint's identity do."""
    smoke_test: SmokeTest = Field(default_factory=SmokeTest)
    """The sample request before any traffic."""
    retain: Annotated[int, Field(ge=0, le=10)] = 1
    """Old deployments that are kept behind the endpoint."""
    ttl: Annotated[str | float | None, AfterValidator(_lifetime)] = None
    """An endpoint without a request for so long is deleted: `P7D`, `PT36H` or a number of hours."""
