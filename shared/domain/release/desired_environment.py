"""The desired environment of a release: one that Sluice registers, or one that exists."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from shared.domain.kinds.server import Server, installed

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
        return f"FROM {image}\n{installed(self.path)}"


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
        server: what is installed over the image, which has Python alone, so that it serves.
        scoring_path: where its container takes requests, if that is not `/score`.
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
    server: Server | None = None
    scoring_path: str | None = None

    @property
    def scored_at(self) -> str:
        """The path of requests, which is that of the endpoint's scoring URI.

        Azure sets the URI when a deployment is made, and passes paths on as they are. Source:
        'Use a custom container to deploy a model to an online endpoint', 'Scoring route'.
        """
        routes = self.routes if self.routes is not None and not self.runs_code else Routes()
        return self.scoring_path or f"/{routes.scoring.path.lstrip('/')}"

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
    def context_files(self) -> Mapping[str, str]:
        """By path, what Sluice writes into a build context, beside files of the package."""
        if self.server is None:
            return {"Dockerfile": self.needs.dockerfile(self.image)} if self.needs else {}
        path, files = self.needs.path if self.needs else None, dict(self.server.files)
        if self.needs is None and self.requirements is not None:
            path = "requirements.txt"
            files[f"flow/{path}"] = self.requirements
        return {**files, "Dockerfile": self.server.dockerfile(self.image, path)}

    @property
    def retires(self) -> bool:
        """True for prompt flow's own image, which is retired on 2027-04-20."""
        return has_prompt_flow(self.image)

    @property
    def shown(self) -> str:
        """Description of the image for people."""
        if self.build is not None:
            return f"built from {self.build.path}/{self.build.dockerfile}"
        server = "prompt flow" if self.server is not None else ""
        over = "requirements.txt" if self.requirements else "a conda file" if self.conda else ""
        added = " and ".join(each for each in (server, over) if each)
        return f"{self.image} with {added}" if added else self.image


def has_prompt_flow(image: str) -> bool:
    """Return whether it is one of prompt flow's own images."""
    return image.startswith(RUNTIME_IMAGES)


def hashed(value: Any, length: int) -> str:
    """Return the first digits of a hash of JSON values."""
    text = json.dumps(value, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()[:length]
