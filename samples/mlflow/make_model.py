"""Writes the folder `model` anew, by MLflow itself, from the code in `model/price.py`.

`make` installs MLflow: run it with .local/mlflow/bin/python.
"""

import contextlib
import shutil
import tempfile
from pathlib import Path

import pandas as pd
from mlflow.models import ModelSignature
from mlflow.pyfunc import save_model
from mlflow.types import ColSpec, Schema

MODEL = Path(__file__).resolve().parent / "model"
EXAMPLE = pd.DataFrame({"width": [12.5, 3.0], "length": [4.0, 2.0]})


def schema(*names: str) -> Schema:
    """Columns of floats; infer_signature would need scipy besides."""
    return Schema([ColSpec("double", name) for name in names])


with tempfile.TemporaryDirectory() as folder, contextlib.chdir(folder):
    code, made = Path(folder, "price.py"), Path(folder, "model")
    shutil.copy(MODEL / "price.py", code)
    save_model(
        str(made),
        python_model=str(code),
        input_example=EXAMPLE,
        signature=ModelSignature(schema("width", "length"), schema("area", "price")),
        # The last two are what Azure's own script for MLflow models imports.
        pip_requirements=[
            "mlflow-skinny==2.22.5",
            "pandas==2.3.3",
            "azureml-inference-server-http==1.5.1",
            "azureml-ai-monitoring==1.0.0",
        ],
    )
    described = made / "MLmodel"
    # MLflow writes this machine's path of the code, and reads its last part alone.
    described.write_text(described.read_text().replace(str(code), code.name))
    shutil.rmtree(MODEL)
    shutil.copytree(made, MODEL)
