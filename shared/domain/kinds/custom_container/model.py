"""The content of a package with a custom container, as values."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from shared.domain.kinds.content import Code, Part, WithoutFlow
from shared.domain.kinds.kind import OwnServer

CUSTOM_CONTAINER_NAME = "custom_container"
"""The name of custom containers among the kinds of package."""


@dataclass(frozen=True)
class CustomContainer(WithoutFlow):
    """A readable custom container; the findings beside it say whether it can be deployed.

    Attributes:
        server: What is built, and how Azure reaches it; None for an image that exists.
        image: The image that exists; empty if one is built.
        model_part: What is registered as the model, or None.
        registered_model: The end of the ARM id of a model that the deployment names, or None.
        sample: A sample request of a file of its own, or None.
    """

    server: OwnServer | None = None
    image: str = ""
    model_part: Part | None = None
    registered_model: str | None = None
    sample: Mapping[str, Any] | None = None
    conda: str | None = None
    code: Code | None = None

    @property
    def kind_name(self) -> str:
        """Name of its kind of package."""
        return CUSTOM_CONTAINER_NAME
