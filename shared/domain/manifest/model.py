"""How a person wants a flow deployed. What is not said is None: defaults are the planner's."""

from typing import Annotated, Any

from pydantic import AfterValidator, Field

from shared.domain.manifest.access import Access
from shared.domain.manifest.deployment import Deployment
from shared.domain.manifest.endpoint import Endpoint
from shared.domain.manifest.lifetime import ttl_seconds
from shared.domain.manifest.section import Section


def _lifetime(said: str | float | None) -> str | float | None:
    if said is not None:
        ttl_seconds(said)
    return said


class FlowSection(Section):
    """What of the flow is served, and with which connections."""

    outputs: list[str] | None = None
    """Outputs in the response; all of them where nothing is said."""
    connections: dict[str, str] | None = None
    """Connection of the workspace to use, by the connection that the flow names."""


class Expectation(Section):
    """What an answer must be like."""

    output: str | None = None
    """The output to look at; the whole response where nothing is said."""
    contains: str | None = None
    """Text that must be in it, whatever its case."""
    equals: Any = None
    """What it must be exactly."""


class SmokeTest(Section):
    """A sample request that a new deployment must answer before it gets traffic."""

    input: dict[str, Any] | None = None
    """Values of the flow's inputs; those not given are derived from the flow."""
    expect: Expectation | None = None
    """What the answer must be like; without it, any answer without an error will do."""


class Manifest(Section):
    """deploy.yaml: how a flow is deployed. Everything is optional."""

    endpoint: Endpoint = Field(default_factory=Endpoint)
    """The stable URL, in az ml's words."""
    deployment: Deployment = Field(default_factory=Deployment)
    """What runs behind it, in az ml's words."""
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
