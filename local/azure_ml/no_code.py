"""Models that Azure serves without code: the environment and the script that it makes of them.

Source: Learn, 'Guidelines for deploying MLflow models': the environment is built from the conda
file of the model, and the script is Azure's.
"""

from dataclasses import replace
from pathlib import Path
from typing import Any

import yaml

from local.azure_ml.exchange import Json
from local.azure_ml.readback import Unreadable
from local.serving.contract import NO_CODE_IMAGE, Container

SCRIPT = Path(__file__).parents[1] / "serving" / "no_code" / "score.py"
FOLDER = "MLFLOW_MODEL_FOLDER"
"""The variable that names the model's folder below AZUREML_MODEL_DIR."""


def served_without_code(model: Json | None) -> bool:
    """Return whether Azure has a script for a model version of that type."""
    return model is not None and model["properties"].get("modelType") == "mlflow_model"


def without_code(container: Container) -> Container:
    """Return a container with Azure's script, and the environment that Azure makes of its model.

    Raises:
        Unreadable: its model has no MLmodel, or that names no conda file.
    """
    model = container.model
    try:
        described: Any = yaml.safe_load((model / "MLmodel").read_text())
        env = described["flavors"]["python_function"]["env"]
        conda = (model / (env if isinstance(env, str) else env["conda"])).read_text()
    except (OSError, yaml.YAMLError, KeyError, TypeError) as error:
        raise Unreadable(f"{model.name} is no MLflow model: {error!r}") from error
    return replace(
        container,
        image=NO_CODE_IMAGE,
        conda=conda,
        code=SCRIPT.parent,
        script=SCRIPT.name,
        platform={**container.platform, FOLDER: model.name},
    )
