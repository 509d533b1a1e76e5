"""The deployment as a person asks for it, in az ml's words."""

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from shared.domain.manifest.az_ml import DeploymentNotUsed, Text, TextMap, snake
from shared.domain.manifest.section import Section


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
