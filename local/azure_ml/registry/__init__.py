"""A registry `azureml`, with models that stand in for those of Azure's own.

A deployment names one by `azureml://registries/NAME/models/MODEL/versions/VERSION`. Each is an
MLflow model, which the stack serves as it serves those of the workspace.
"""

import re
from pathlib import Path

from local.azure_ml.errors import not_found
from local.azure_ml.exchange import Json

_ID = re.compile(
    r"azureml://registries/(?P<registry>[^/]+)/models/(?P<name>[^/]+)/versions/(?P<version>[^/]+)",
    re.IGNORECASE,
)
_MODELS = {("azureml", "echo-text", "1"): Path(__file__).parent / "echo-text"}


def model_folder(model_id: object) -> Path | None:
    """Return the folder of the model that an id names; None if it is no id of a registry.

    Raises:
        ArmError: 404, no registry has it.
    """
    found = _ID.fullmatch(str(model_id))
    if found is None:
        return None
    named = (found["registry"].lower(), found["name"].lower(), found["version"])
    if named not in _MODELS:
        raise not_found(str(model_id))
    return _MODELS[named]


def registry_model(model_id: object) -> Json | None:
    """Return the version that an id names, as far as deployments need it; raises as above."""
    folder = model_folder(model_id)
    return None if folder is None else {"properties": {"modelType": "mlflow_model"}}
