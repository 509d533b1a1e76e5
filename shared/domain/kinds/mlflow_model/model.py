"""The content of a package with an MLflow model and no code, as values."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from shared.domain.kinds.content import Code, Part, WithoutFlow

MLFLOW_MODEL_NAME = "mlflow_model"
"""The name of MLflow models among the kinds of package."""
INPUT, PARAMS = "input_data", "params"
"""What Azure's script reads of a request."""


@dataclass(frozen=True, kw_only=True)
class MlflowModel(WithoutFlow):
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
    input_names: tuple[str, ...] = (INPUT, PARAMS)

    @property
    def kind_name(self) -> str:
        """Name of its kind of package."""
        return MLFLOW_MODEL_NAME
