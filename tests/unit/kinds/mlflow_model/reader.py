"""Read an MLflow model from texts."""

from collections.abc import Mapping
from datetime import date

from shared.domain.errors import Finding
from shared.domain.kinds.files import Files
from shared.domain.kinds.mlflow_model.asked import Asked
from shared.domain.kinds.mlflow_model.model import MlflowModel
from shared.domain.kinds.mlflow_model.reading import needed_texts, read_model
from shared.package import parse

TODAY = date(2026, 11, 28)
MLMODEL = """\
flavors:
  python_function:
    env:
      conda: conda.yaml
    loader_module: mlflow.sklearn
    model_path: model.pkl
  sklearn:
    pickled_model: model.pkl
mlflow_version: 2.22.5
saved_input_example_info:
  artifact_path: input_example.json
  serving_input_path: serving_input_example.json
  type: dataframe
signature:
  inputs: '[{"type": "double", "name": "width", "required": true}]'
  outputs: '[{"type": "double", "required": true}]'
"""
CONDA = """\
channels: [conda-forge]
dependencies:
- python=3.12
- pip
- pip:
  - mlflow==2.22.5
  - azureml-ai-monitoring==1.0.0
  - azureml-inference-server-http==1.5.1
"""
FILES = {
    "MLmodel": MLMODEL,
    "conda.yaml": CONDA,
    "model.pkl": "",
    "input_example.json": '{"columns": ["width"], "data": [[2.5]]}',
    "serving_input_example.json": '{"dataframe_split": {"columns": ["width"], "data": [[2.5]]}}',
}
DEPLOYMENT = """\
name: blue
endpoint_name: plots
model:
  path: model
  type: mlflow_model
"""
SAMPLE = {"input_data": {"columns": ["width"], "index": [0], "data": [[2.5]]}}


def inside(folder: str, files: Mapping[str, str] = FILES) -> dict[str, str]:
    """Put the files into a folder of the package."""
    return {f"{folder}/{path}": text for path, text in files.items()}


def read(
    files: Mapping[str, str], deployment: str | None = None
) -> tuple[MlflowModel, tuple[Finding, ...]]:
    """Read a package of these files; without a deployment, the model at its top."""
    asked = Asked() if deployment is None else Asked(parse(deployment, "deployment.yaml"))
    there = files.get(asked.mlmodel)
    mlmodel = parse(there, asked.mlmodel) if there is not None else None
    path = needed_texts(asked, mlmodel)[0] if mlmodel is not None else None
    conda = parse(files[path], path) if path is not None and path in files else None
    return read_model(asked, Files(frozenset(files), {}, files), mlmodel, conda, TODAY)


def told(files: Mapping[str, str], deployment: str | None = None) -> list[str]:
    """Return the findings as people see them."""
    return [f"{it.severity}: {it}" for it in read(files, deployment)[1]]
