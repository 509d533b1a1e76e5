"""The content of a package that is only a deployment of a registered model, as values."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from shared.domain.errors import Finding
from shared.domain.kinds.content import Chat, Code, ConnectionUse, Part

REGISTERED_MODEL_NAME = "registered_model"
"""The name of registered models among the kinds of package."""


@dataclass(frozen=True)
class RegisteredModel:
    """A deployment of a model that exists, without code and environment of its own.

    Attributes:
        registered_model: The end of the ARM id, or the whole id of a model in a registry.
    """

    registered_model: str | None
    image: None = None
    conda: None = None
    code: Code | None = None
    model_part: Part | None = None
    requirements_file: str | None = None
    requirement_files: tuple[str, ...] = ()
    input_names: tuple[str, ...] = ()
    output_names: tuple[str, ...] = ()
    chat: Chat | None = None
    environment_variables: Mapping[str, str] = field(default_factory=dict)
    connections: tuple[ConnectionUse, ...] = ()
    connection_names: tuple[str, ...] = ()
    made_with_connections: bool = False
    uses_index_lookup: bool = False
    unless_set: Mapping[str, tuple[Finding, ...]] = field(default_factory=dict)

    @property
    def kind_name(self) -> str:
        """Name of its kind of package."""
        return REGISTERED_MODEL_NAME
