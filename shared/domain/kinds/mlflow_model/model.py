"""The content of a package with an MLflow model and no code, as values."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from shared.domain.errors import Finding
from shared.domain.kinds.content import Chat, Code, ConnectionUse, Part

MLFLOW_MODEL_NAME = "mlflow_model"
"""The name of MLflow models among the kinds of package."""
INPUT, PARAMS = "input_data", "params"
"""What Azure's script reads of a request."""


@dataclass(frozen=True)
class MlflowModel:
    """A readable MLflow model; the findings beside it say whether it can be deployed.

    Its image and its code are Azure's: both are made from the model itself.

    Attributes:
        model_part: The folder with MLmodel; None if there is none.
        sample: A sample request, from the model's input example, or None.
        columns: Names of the inputs in the model's signature; empty if it tells none.
    """

    model_part: Part | None
    sample: Mapping[str, Any] | None = None
    columns: tuple[str, ...] = ()
    image: None = None
    conda: None = None
    code: Code | None = None
    registered_model: str | None = None
    requirements_file: str | None = None
    requirement_files: tuple[str, ...] = ()
    input_names: tuple[str, ...] = (INPUT, PARAMS)
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
        return MLFLOW_MODEL_NAME
