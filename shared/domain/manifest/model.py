"""How a person wants a flow deployed. What is not said is None: defaults are the planner's."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from shared.domain.manifest.az_ml import DeploymentNotUsed, EndpointNotUsed, Text, TextMap, snake
from shared.domain.names import endpoint_name_problem


def _endpoint_name(value: Any) -> Any:
    problem = endpoint_name_problem(value) if isinstance(value, str) else None
    if problem:
        raise ValueError(problem)
    return value


class Section(BaseModel):
    """A part of the manifest; unknown fields are refused, since a slip would go unseen."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)


class UserAssignedIdentity(Section):
    """A managed identity that the endpoint runs as."""

    resource_id: Annotated[
        str,
        Field(
            pattern=r"(?i)^/subscriptions/[^/]+/resourceGroups/[^/]+/providers/"
            r"Microsoft\.ManagedIdentity/userAssignedIdentities/[^/]+$"
        ),
    ]
    """ARM id of the identity."""
    client_id: str | None = None
    """Its client id; looked up where it is not given."""
    object_id: str | None = None
    """Its object id; looked up where it is not given."""


class Identity(Section):
    """Whom the endpoint runs as. It cannot change once the endpoint is there."""

    type: Annotated[Literal["system_assigned", "user_assigned"], BeforeValidator(snake)]
    """The endpoint's own identity, or one that exists already."""
    user_assigned_identities: Annotated[list[UserAssignedIdentity] | None, Field(max_length=1)] = (
        None
    )
    """The one identity of a user-assigned endpoint."""


class Endpoint(EndpointNotUsed):
    """The stable URL, in az ml's words for a managed online endpoint."""

    name: Annotated[str | None, BeforeValidator(_endpoint_name)] = None
    """Name of the endpoint, unique in its region. Without it, the zip's or folder's name."""
    auth_mode: Annotated[
        Literal["key", "aml_token", "aad_token"] | None, BeforeValidator(snake)
    ] = None
    """How callers prove who they are."""
    identity: Identity | None = None
    """Whom the endpoint runs as: its own identity, or a user-assigned one."""
    description: str | None = None
    """Text for people."""
    tags: TextMap | None = None
    """Tags of the endpoint."""
    properties: TextMap | None = None
    """Properties of the endpoint; they can be added later but not changed."""
    public_network_access: Annotated[
        Literal["enabled", "disabled"] | None, BeforeValidator(snake)
    ] = None
    """Whether the endpoint answers outside the workspace's network."""


class RequestSettings(Section):
    """Limits of one request."""

    request_timeout_ms: Annotated[int | None, Field(gt=0, le=300_000)] = None
    """Milliseconds until a request is given up; Azure takes up to 300,000 for prompt flows."""
    max_concurrent_requests_per_instance: Annotated[int | None, Field(gt=0)] = None
    """Requests that one instance works on at once."""
    max_queue_wait_ms: Annotated[int | None, Field(ge=0)] = None
    """Milliseconds that a request may wait for its turn."""


class Probe(Section):
    """When an instance counts as up. Times in seconds."""

    initial_delay: Annotated[int | None, Field(ge=0)] = None
    """Seconds before the first probe."""
    period: Annotated[int | None, Field(gt=0)] = None
    """Seconds between probes."""
    timeout: Annotated[int | None, Field(gt=0)] = None
    """Seconds until a probe counts as failed."""
    success_threshold: Annotated[int | None, Field(gt=0)] = None
    """Probes in a row that must pass."""
    failure_threshold: Annotated[int | None, Field(gt=0)] = None
    """Probes in a row that may fail."""


class Build(Section):
    """A build context for the image."""

    path: str
    """Folder of the build context inside the flow."""
    dockerfile_path: str | None = None
    """Dockerfile inside that folder."""


class Route(Section):
    """Where the container listens."""

    port: Annotated[int, Field(gt=0, lt=65_536)]
    """Port of the container."""
    path: str
    """Path on that port."""


class InferenceConfig(Section):
    """How Azure reaches the container."""

    liveness_route: Route
    """Asked whether the container lives."""
    readiness_route: Route
    """Asked whether it can take requests."""
    scoring_route: Route
    """Takes the requests."""


class Environment(Section):
    """The image a deployment runs, in az ml's words."""

    name: str | None = None
    """Name of a registered environment."""
    version: Text | None = None
    """Its version."""
    image: str | None = None
    """Container image; overrides the one of the flow."""
    build: Build | None = None
    """Build context instead of an image."""
    inference_config: InferenceConfig | None = None
    """Routes of the container; prompt flow's own where nothing is said."""
    conda_file: Any = None
    """Conda dependencies, as a path or written out."""
    os_type: Annotated[Literal["linux", "windows"] | None, BeforeValidator(snake)] = None
    """Operating system of the image."""
    description: str | None = None
    """Text for people."""
    tags: TextMap | None = None
    """Tags of the environment."""
    properties: TextMap | None = None
    """Properties of the environment."""


class Deployment(DeploymentNotUsed):
    """What runs behind the endpoint, in az ml's words for a managed online deployment."""

    instance_type: str | None = None
    """Virtual machine size."""
    instance_count: Annotated[int | None, Field(gt=0)] = None
    """Instances; three or more are advised for production."""
    environment: str | Environment | None = None
    """A registered environment (`azureml:name:version`), or one described here."""
    environment_variables: TextMap | None = None
    """Variables of the container; `${connection.key}` takes a value from a connection."""
    request_settings: RequestSettings | None = None
    """Time-outs and concurrency."""
    liveness_probe: Probe | None = None
    """When an instance is restarted."""
    readiness_probe: Probe | None = None
    """When an instance gets requests."""
    app_insights_enabled: bool | None = None
    """Whether metrics and logs go to the workspace's Application Insights."""
    description: str | None = None
    """Text for people."""
    tags: TextMap | None = None
    """Tags of the deployment."""


class FlowSection(Section):
    """What of the flow is served, and with which connections."""

    outputs: list[str] | None = None
    """Outputs in the response; all of them where nothing is said."""
    connections: dict[str, str] | None = None
    """Connection of the workspace to use, by the connection that the flow names."""


class Access(Section):
    """What the endpoint's identity may do."""

    connection_secrets: bool | None = None
    """Whether Sluice lets the identity read the secrets of the workspace's connections."""


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
