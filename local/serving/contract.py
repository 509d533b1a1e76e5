"""What the control plane asks of serving, and what the scoring front asks of the control plane."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, Protocol

IMAGE_BUILD_FAILURE = "ImageBuildFailure"
RESOURCE_NOT_READY = "ResourceNotReady"


@dataclass(frozen=True)
class Container:
    """One deployment to run: everything that Azure would give its container.

    Paths are folders read back from the workspace's storage. `dockerfile` is a path inside `build`;
    both are None where the environment is an image alone. `environment_variables` are the
    deployment's own; `platform` is what Azure adds (IDENTITY_ENDPOINT and IDENTITY_HEADER of the
    endpoint's identity, HTTPS_PROXY, REQUESTS_CA_BUNDLE, AZUREML_MODEL_DIR, ...). `port` and the
    three paths come from the environment's inference_config. `max_concurrent` is for one instance.
    """

    endpoint: str
    deployment: str
    model: Path
    image: str
    build: Path | None
    dockerfile: str | None
    environment_variables: Mapping[str, str]
    platform: Mapping[str, str]
    port: int
    liveness: str
    readiness: str
    scoring: str
    request_timeout_s: float
    max_concurrent: int
    instances: int


class ServingError(Exception):
    """A container did not come up: `code` is ImageBuildFailure or ResourceNotReady."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


class Serving(Protocol):
    """Starts and stops what serves deployments. A deployment is known by endpoint and name."""

    async def start(self, container: Container) -> None:
        """Return when the readiness path answers; replace what ran under the same name.

        Raises:
            ServingError: it was not built, or did not become ready; the log stays readable.
        """

    async def stop(self, endpoint: str, deployment: str) -> None:
        """End it if it runs; its log goes too."""

    def log(self, endpoint: str, deployment: str, container: str) -> str:
        """Text of `InferenceServer` or `StorageInitializer`; empty where there is none."""
        ...

    def url(self, endpoint: str, deployment: str) -> str | None:
        """Base URL of the running process, without a slash at its end; None where none runs."""
        ...

    def pids(self, endpoint: str, deployment: str) -> list[int]:
        """The processes that serve it now."""
        ...

    async def close(self) -> None:
        """End everything that was started."""


@dataclass(frozen=True)
class Limits:
    """How a deployment takes requests: seconds, and counts over all its instances."""

    timeout_s: float
    max_concurrent: int
    queue: int
    queue_wait_s: float


@dataclass(frozen=True)
class ScoringEndpoint:
    """An endpoint as the scoring front sees it.

    `name` is the name to ask Serving with, in its own case. `keys` are the valid keys in mode Key.
    `token_valid` checks a bearer token in the other two modes. `deployments` holds those that can
    serve: traffic may name others, which cannot.
    """

    name: str
    auth_mode: Literal["Key", "AMLToken", "AADToken"]
    keys: tuple[str, ...]
    token_valid: Callable[[str], bool]
    traffic: Mapping[str, int]
    mirror: Mapping[str, int]
    deployments: Mapping[str, Limits] = field(default_factory=dict)


class Endpoints(Protocol):
    """Where the scoring front looks an endpoint up, by name, for each request."""

    def find(self, endpoint: str) -> ScoringEndpoint | None:
        """The endpoint as it is now; None where there is none."""
        ...
