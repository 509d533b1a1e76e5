"""The desired environment of a release: one that Sluice registers, or one that exists."""

import hashlib
import json
import shlex
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

RUNTIME_IMAGES = "mcr.microsoft.com/azureml/promptflow/promptflow-runtime"
"""Start of the names of prompt flow's own images, `-stable` ones included."""
ENVIRONMENT_NAME = "sluice-flow"


@dataclass(frozen=True)
class Route:
    """Port and path on which a container listens."""

    port: int
    path: str


@dataclass(frozen=True)
class Routes:
    """A container's routes, as in `inference_config`; prompt flow's own by default."""

    liveness: Route = Route(8080, "/health")
    readiness: Route = Route(8080, "/health")
    scoring: Route = Route(8080, "/score")


@dataclass(frozen=True)
class BuildAsk:
    """A build context inside the package. `digest`: hash of its files."""

    path: str
    dockerfile: str
    digest: str


@dataclass(frozen=True)
class RequirementsAsk:
    """Requirements that need further files of the package.

    Args:
        path: path of the requirements file inside the flow.
        files: paths of all files that pip needs, the requirements file included.
        digest: hash of these files.
    """

    path: str
    files: tuple[str, ...]
    digest: str

    def dockerfile(self, image: str) -> str:
        """Write a Dockerfile that installs them over an image, from a copy of the flow's folder."""
        install = f"pip install --no-cache-dir -r {shlex.quote(self.path)}"
        return f"FROM {image}\nCOPY flow /tmp/flow\nRUN cd /tmp/flow && {install}\n"


@dataclass(frozen=True)
class Described:
    """Description, tags and properties of an environment version."""

    description: str | None = None
    tags: Mapping[str, str] | None = None
    properties: Mapping[str, str] | None = None


@dataclass(frozen=True)
class EnvironmentAsk:
    """The desired environment.

    Args:
        image: the image; for a registered environment, as Azure reports it.
        requirements: the text of requirements.txt, installed over the image.
        needs: the files that the requirements name, if any.
        described: description, tags and properties of the version.
        build: a build context instead of an image.
        routes: the container's routes, if they are not prompt flow's own.
        conda: the text of a conda file, which Azure installs over the image.
        runs_code: a scoring script runs in it, under Azure's inference server, which has its own
            routes; None for images with a server of their own.
        registered: ARM id of an existing version; Sluice then registers nothing.
    """

    image: str
    requirements: str | None = None
    build: BuildAsk | None = None
    routes: Routes | None = None
    registered: str | None = None
    needs: RequirementsAsk | None = None
    described: Described | None = None
    conda: str | None = None
    runs_code: bool | None = None

    @property
    def version(self) -> str:
        """Hash of the content: the same environment is built once, for all endpoints."""
        values = {key: value for key, value in asdict(self).items() if value is not None}
        return hashed(values if self.requirements else {"requirements": None, **values}, 16)

    def id(self, workspace_id: str) -> str:
        """Return the ARM id of the version."""
        own = f"{workspace_id}/environments/{ENVIRONMENT_NAME}/versions/{self.version}"
        return self.registered or own

    @property
    def retires(self) -> bool:
        """True for prompt flow's own image, which is retired on 2027-04-20."""
        return self.image.startswith(RUNTIME_IMAGES)

    @property
    def shown(self) -> str:
        """Description of the image for people."""
        if self.build is not None:
            return f"built from {self.build.path}/{self.build.dockerfile}"
        over = "requirements.txt" if self.requirements else "a conda file" if self.conda else ""
        return f"{self.image} with {over}" if over else self.image


def hashed(value: Any, length: int) -> str:
    """Return the first digits of a hash of JSON values."""
    text = json.dumps(value, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()[:length]
