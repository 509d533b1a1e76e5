"""The environment that a release runs in: what of it Sluice registers, or which one there is."""

import hashlib
import json
import shlex
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

DEFAULT_IMAGE = "mcr.microsoft.com/azureml/promptflow/promptflow-runtime:latest"
RUNTIME_IMAGES = "mcr.microsoft.com/azureml/promptflow/promptflow-runtime"
"""How the names of prompt flow's own images begin, `-stable` ones included."""
ENVIRONMENT_NAME = "sluice-flow"


@dataclass(frozen=True)
class Route:
    """Where a container listens."""

    port: int
    path: str


@dataclass(frozen=True)
class Routes:
    """A container's routes, as `inference_config` has them; prompt flow's own by default."""

    liveness: Route = Route(8080, "/health")
    readiness: Route = Route(8080, "/health")
    scoring: Route = Route(8080, "/score")


@dataclass(frozen=True)
class BuildAsk:
    """A build context inside the package. `digest`: of its files."""

    path: str
    dockerfile: str
    digest: str


@dataclass(frozen=True)
class RequirementsAsk:
    """Requirements that need more of the package than their own text.

    Args:
        path: of the requirements file inside the flow.
        files: of all that pip needs, it included.
        digest: of these files' content.
    """

    path: str
    files: tuple[str, ...]
    digest: str

    def dockerfile(self, image: str) -> str:
        """Installs them over an image, from a copy of the flow's folder: paths lead as they did."""
        install = f"pip install --no-cache-dir -r {shlex.quote(self.path)}"
        return f"FROM {image}\nCOPY flow /tmp/flow\nRUN cd /tmp/flow && {install}\n"


@dataclass(frozen=True)
class Described:
    """What is said of an environment version for people and for searches."""

    description: str | None = None
    tags: Mapping[str, str] | None = None
    properties: Mapping[str, str] | None = None


@dataclass(frozen=True)
class EnvironmentAsk:
    """What serves.

    Args:
        image: the image; of a registered environment what Azure says of it.
        requirements: the text of requirements.txt, installed over the image.
        needs: the files that it names, where there are any.
        described: what the version is registered with besides.
        build: a build context instead of an image.
        routes: the container's, where they are not prompt flow's own.
        registered: ARM id of a version that is there already; nothing is registered then.
    """

    image: str = DEFAULT_IMAGE
    requirements: str | None = None
    build: BuildAsk | None = None
    routes: Routes | None = None
    registered: str | None = None
    needs: RequirementsAsk | None = None
    described: Described | None = None

    @property
    def version(self) -> str:
        """A hash of the content: the same environment is built once, for all endpoints."""
        said = {key: value for key, value in asdict(self).items() if value is not None}
        return hashed(said if self.requirements else {"requirements": None, **said}, 16)

    def id(self, workspace_id: str) -> str:
        """ARM id of the version."""
        own = f"{workspace_id}/environments/{ENVIRONMENT_NAME}/versions/{self.version}"
        return self.registered or own

    @property
    def retires(self) -> bool:
        """Whether the image is prompt flow's own, which is retired on 2027-04-20."""
        return self.image.startswith(RUNTIME_IMAGES)

    @property
    def shown(self) -> str:
        """What runs, for people."""
        if self.build is not None:
            return f"built from {self.build.path}/{self.build.dockerfile}"
        return f"{self.image} with requirements.txt" if self.requirements else self.image


def hashed(value: Any, length: int) -> str:
    """A short hash of JSON values."""
    text = json.dumps(value, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()[:length]
