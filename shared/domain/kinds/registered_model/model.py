"""The content of a package that is only a deployment of a registered model, as values."""

from dataclasses import dataclass

from shared.domain.kinds.content import Code, Part, WithoutFlow

REGISTERED_MODEL_NAME = "registered_model"
"""The name of registered models among the kinds of package."""


@dataclass(frozen=True)
class RegisteredModel(WithoutFlow):
    """A deployment of a model that exists, without code and environment of its own.

    Attributes:
        registered_model: The end of the ARM id, or the whole id of a model in a registry.
    """

    registered_model: str | None
    image: None = None
    conda: None = None
    code: Code | None = None
    model_part: Part | None = None

    @property
    def kind_name(self) -> str:
        """Name of its kind of package."""
        return REGISTERED_MODEL_NAME
