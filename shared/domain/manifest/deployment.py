"""The manifest's deployment, in az ml's words."""

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from shared.domain.identifiers.names import name_problem
from shared.domain.manifest.az_ml import DeploymentNotUsed, TextMap, Whole, snake
from shared.domain.manifest.data_collector import DataCollector
from shared.domain.manifest.environment import Environment
from shared.domain.manifest.scaling import ScaleSettings
from shared.domain.manifest.section import Section


def _deployment_name(value: Any) -> Any:
    problem = name_problem(value, "a deployment") if isinstance(value, str) else None
    if problem:
        raise ValueError(problem)
    return value


class RequestSettings(Section):
    """Limits of one request."""

    request_timeout_ms: Annotated[Whole | None, Field(gt=0, le=300_000)] = None
    """Milliseconds until a request times out; Azure allows up to 300,000 for prompt flows."""
    max_concurrent_requests_per_instance: Annotated[Whole | None, Field(gt=0)] = None
    """Requests that one instance works on at once."""
    max_queue_wait_ms: Annotated[Whole | None, Field(ge=0)] = None
    """Milliseconds that a request may wait for its turn; deprecated by Azure ML, which counts \
the waiting within `request_timeout_ms`."""


class Probe(Section):
    """When an instance counts as up. Times in seconds."""

    initial_delay: Annotated[Whole | None, Field(ge=0)] = None
    """Seconds before the first probe."""
    period: Annotated[Whole | None, Field(gt=0)] = None
    """Seconds between probes."""
    timeout: Annotated[Whole | None, Field(gt=0)] = None
    """Seconds until a probe counts as failed."""
    success_threshold: Annotated[Whole | None, Field(gt=0)] = None
    """Probes in a row that must pass."""
    failure_threshold: Annotated[Whole | None, Field(gt=0)] = None
    """Probes in a row that may fail."""


class CodeConfiguration(Section):
    """The scoring script that answers, and the folder that is its code."""

    code: str | None = None
    """Folder of the code in the package, from the file's own folder; `.` for all of it."""
    scoring_script: str
    """Path of the script below that folder."""


class Deployment(DeploymentNotUsed):
    """The deployment behind the endpoint, in az ml's words for a managed online deployment."""

    name: Annotated[str | None, BeforeValidator(_deployment_name)] = None
    """Fixed name: a deployment of that name is replaced in place. Without it each content gets \
its own deployment."""
    instance_type: Annotated[str | None, Field(min_length=1)] = None
    """Virtual machine size."""
    instance_count: Annotated[Whole | None, Field(gt=0, le=50)] = None
    """Instances; three or more are advised for production."""
    high_availability: bool | None = None
    """Not in az ml: warns if there are fewer than three instances."""
    scale_settings: ScaleSettings | None = None
    """How it scales; managed deployments allow only `default`."""
    code_configuration: CodeConfiguration | None = None
    """The scoring script that answers; not for flows."""
    model: Any = None
    """The model of a scoring script, or an MLflow model: a `path` in the package with its `type`, \
or `azureml:name:version`. Not used \
for flows, which are their own model; but for `properties` of one described here."""
    model_mount_path: str | None = None
    """Where a custom container finds its model; not used for other kinds, whose servers know."""
    environment: str | Environment | None = None
    """A registered environment (`azureml:name:version`, `azureml:name@latest`, an ARM id), one \
described here, or the file that describes it (`file:environment.yaml`); \
without it the flow's image and requirements."""
    environment_variables: TextMap | None = None
    """Variables of the container; `${connection.key}` and \
`${{azureml://connections/name/credentials/key}}` take a value from a connection."""
    request_settings: RequestSettings | None = None
    """Time-outs and concurrency."""
    liveness_probe: Probe | None = None
    """When an instance is restarted."""
    readiness_probe: Probe | None = None
    """When an instance gets requests."""
    app_insights_enabled: bool | None = None
    """Whether metrics and logs go to the workspace's Application Insights."""
    data_collector: DataCollector | None = None
    """Whether inputs and outputs of the flow are collected as data assets."""
    description: str | None = None
    """Text for people."""
    tags: TextMap | None = None
    """Tags of the deployment."""
    properties: TextMap | None = None
    """Properties of the deployment."""
    egress_public_network_access: Annotated[
        Literal["enabled", "disabled"] | None, BeforeValidator(snake)
    ] = None
    """Whether the deployment may reach the public network; `disabled` is deprecated by Azure ML \
in favour of a workspace with a managed virtual network."""
    private_network_connection: bool | None = None
    """Whether the deployment uses a private connection to the workspace; deprecated by Azure ML \
like the field above."""
