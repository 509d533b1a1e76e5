"""Azure's types of models, in az ml's spellings."""

from typing import Any

CUSTOM_TYPE = "custom_model"
MLFLOW_TYPE = "mlflow_model"


def model_type(written: Any) -> str:
    """Return Azure's type for what a deployment says of its model (`MlflowModel` and the like)."""
    plain = str(written).replace("_", "").lower()
    return MLFLOW_TYPE if plain == MLFLOW_TYPE.replace("_", "") else CUSTOM_TYPE
