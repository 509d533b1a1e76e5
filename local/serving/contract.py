"""Interfaces of serving to the control plane, and of the control plane to the scoring front."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, Protocol

IMAGE_BUILD_FAILURE = "ImageBuildFailure"
RESOURCE_NOT_READY = "ResourceNotReady"
NO_CODE_IMAGE = "mcr.microsoft.com/azureml/mlflow-py312-inference"
"""The image whose script answers for MLflow models without code."""


@dataclass(frozen=True)
class Container:
    """One deployment to run, with everything that Azure would give its container.

    Paths are folders downloaded from the workspace's storage. `dockerfile` is a path inside
    `build`; both are None if the environment is only an image. `environment_variables` are the
    deployment's own; `platform` is what Azure adds (IDENTITY_ENDPOINT and IDENTITY_HEADER of the
    endpoint's identity, HTTPS_PROXY, REQUESTS_CA_BUNDLE, AZUREML_MODEL_DIR, ...). `port` and the
    three paths come from the environment's inference_config. `max_concurrent` is for one instance.
    `code` is the folder of a scoring script and `script` its path inside; `conda` is the text of
    the environment's conda file. `model` is an empty folder if there is none; `mount` is where the
    deployment wants it, a path in the container. `probe_ports` are those of the probes.
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
    code: Path | None = None
    script: str = ""
    conda: str | None = None
    mount: str = ""
    probe_ports: tuple[int, ...] = ()


class ServingError(Exception):
    """A container did not start: `code` is ImageBuildFailure or ResourceNotReady."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


class Serving(Protocol):
    """Starts and stops the containers of deployments, which are named by endpoint and name."""

    async def start(self, container: Container) -> None:
        """Return when the readiness path answers; replaces a container of the same name.

        Raises:
            ServingError: it could not be built, or did not become ready; the log remains.
        """

    async def stop(self, endpoint: str, deployment: str) -> None:
        """Stop it if it runs, and remove its log."""

    def log(self, endpoint: str, deployment: str, container: str) -> str:
        """Return the log of `InferenceServer` or `StorageInitializer`, or an empty text."""
        ...

    def url(self, endpoint: str, deployment: str) -> str | None:
        """Return the base URL of the running process without trailing slash, or None."""
        ...

    def pids(self, endpoint: str, deployment: str) -> list[int]:
        """Return the ids of the processes that serve it now."""
        ...

    async def close(self) -> None:
        """Stop everything that was started."""


@dataclass(frozen=True)
class Limits:
    """A deployment's request limits: seconds, and counts over all its instances."""

    timeout_s: float
    max_concurrent: int
    queue: int
    queue_wait_s: float


@dataclass(frozen=True)
class ScoringEndpoint:
    """An endpoint as the scoring front sees it.

    `name` is the name for calls to Serving, in its original case. `keys` are the valid keys in mode
    Key. `token_valid` checks a bearer token in the other two modes. `deployments` holds those that
    can serve; traffic may name others.
    """

    name: str
    auth_mode: Literal["Key", "AMLToken", "AADToken"]
    keys: tuple[str, ...]
    token_valid: Callable[[str], bool]
    traffic: Mapping[str, int]
    mirror: Mapping[str, int]
    deployments: Mapping[str, Limits] = field(default_factory=dict)


@dataclass(frozen=True)
class MirroredCall:
    """A copy of a call that a mirror's deployment has answered; `model_status`: its own status."""

    endpoint: str
    deployment: str
    status: int
    model_status: str
    seconds: float


class Endpoints(Protocol):
    """Lookup of endpoints by name, called by the scoring front for each request."""

    def find(self, endpoint: str) -> ScoringEndpoint | None:
        """Return the current endpoint, or None."""
        ...

    def mirrored(self, copy: MirroredCall) -> None:
        """Take note of an answered copy of a call, which its deployment's metrics count."""
        ...
