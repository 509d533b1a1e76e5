"""The environment that a deployment runs in, in az ml's words."""

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from shared.domain.manifest.az_ml import Text, TextMap, Whole, snake
from shared.domain.manifest.section import Section


class Build(Section):
    """A build context for the image."""

    path: str
    """Folder of the build context inside the flow."""
    dockerfile_path: str | None = None
    """Dockerfile inside that folder."""


class Route(Section):
    """Port and path on which the container listens."""

    port: Annotated[Whole, Field(gt=0, lt=65_536)]
    """Port of the container."""
    path: str
    """Path on that port."""


class InferenceConfig(Section):
    """How Azure reaches the container."""

    liveness_route: Route
    """Route of the liveness probe."""
    readiness_route: Route
    """Route of the readiness probe."""
    scoring_route: Route
    """Route of scoring requests."""


class Environment(Section):
    """The image a deployment runs, in az ml's words."""

    schema_: Annotated[Any, Field(alias="$schema")] = None
    """az ml's schema of the file; not used."""
    name: Text | None = None
    """Name of a registered environment; no effect beside an image or a build."""
    version: Text | None = None
    """Its version."""
    image: str | None = None
    """Container image, used as it is: nothing is installed over it."""
    build: Build | None = None
    """Build context instead of an image."""
    inference_config: InferenceConfig | None = None
    """Routes of the container; required for your own image or build."""
    conda_file: Any = None
    """Conda file of a scoring script, or its content: Azure installs it over the image. \
Refused for flows."""
    os_type: Annotated[Literal["linux", "windows"] | None, BeforeValidator(snake)] = None
    """Operating system of the image."""
    description: str | None = None
    """Text for people."""
    tags: TextMap | None = None
    """Tags of the environment."""
    properties: TextMap | None = None
    """Properties of the environment."""
