"""Answers for an MLflow model without code, by the contract of the script that Azure generates.

A request is `{"input_data": ..., "params": {...}}`: a frame as columns, index and data, a list, or
tensors by name. The answer is the prediction; a frame becomes a list with one object for each row.

Sources: Learn, 'Deploy MLflow models to online endpoints' and 'Guidelines for deploying MLflow
models'. Runs inside the environment of the model, under Azure's inference server.
"""

import json
import os
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

# Not used here, but Azure's own script imports it: a model that does not bring it fails there.
from azureml.ai.monitoring import Collector  # noqa: F401
from inference_schema.parameter_types.abstract_parameter_type import AbstractParameterType
from inference_schema.parameter_types.numpy_parameter_type import NumpyParameterType
from inference_schema.parameter_types.pandas_parameter_type import PandasParameterType
from inference_schema.parameter_types.standard_py_parameter_type import StandardPythonParameterType
from inference_schema.schema_decorators import input_schema, output_schema
from mlflow.pyfunc import load_model

FOLDER = Path(os.environ["AZUREML_MODEL_DIR"]) / os.environ["MLFLOW_MODEL_FOLDER"]
MODEL = load_model(str(FOLDER))
_FRAME = {"columns", "index", "data"}


class AsItIs(AbstractParameterType):  # type: ignore[misc]
    """JSON that nothing describes."""

    def __init__(self) -> None:
        super().__init__(None)

    def deserialize_input(self, input_data: Any) -> Any:
        return input_data

    def input_to_swagger(self) -> dict[str, Any]:
        return {"type": "object", "example": {}}


def init() -> None:
    """Nothing is left to do: the model is loaded with the script, as in Azure."""


def _columns(schema: Any) -> pd.DataFrame:
    """An empty frame with the names and types of a signature."""
    named = {spec.name or f"{number}": spec for number, spec in enumerate(schema.inputs)}
    types = dict(zip(named, schema.pandas_types(), strict=True))
    return pd.DataFrame(columns=list(named)).astype(types)


def _tensors(schema: Any) -> Any:
    """Zeros with the shapes and types of a signature, by name if it has names."""

    def zeros(spec: Any) -> Any:
        return np.zeros([1 if size < 0 else size for size in spec.shape], dtype=spec.type)

    if schema.has_input_names():
        return {spec.name: zeros(spec) for spec in schema.inputs}
    return zeros(schema.inputs[0])


def _of_signature(schema: Any) -> Any:
    if schema is None:
        return None
    try:
        return _tensors(schema) if schema.is_tensor_spec() else _columns(schema)
    except (TypeError, ValueError, AttributeError):
        return None  # objects and arrays, which no frame describes


def _example() -> Any:
    """The model's input example, or else one by its signature; None without both."""
    meta = MODEL.metadata
    try:
        example = meta.load_input_example(str(FOLDER)) if meta.saved_input_example_info else None
    except Exception:  # whatever is wrong with an example, the model may answer
        example = None
    return _of_signature(meta.get_input_schema()) if example is None else example


def _type(example: Any, orient: str) -> Any:
    """How the server reads and describes such a value."""
    if isinstance(example, pd.DataFrame):
        return PandasParameterType(example, enforce_shape=False, orient=orient)
    if isinstance(example, np.ndarray):
        return NumpyParameterType(example, enforce_shape=False)
    if isinstance(example, dict) and all(isinstance(it, np.ndarray) for it in example.values()):
        kinds = {k: NumpyParameterType(it, enforce_shape=False) for k, it in example.items()}
        return StandardPythonParameterType(kinds)
    return AsItIs()


@input_schema("input_data", _type(_example(), "split"))
@input_schema("params", AsItIs(), optional=True)
@output_schema(_type(_of_signature(MODEL.metadata.get_output_schema()), "records"))
def run(input_data: Any, params: Any = None) -> Any:
    """Answer one request."""
    return _plain(MODEL.predict(_read(input_data), params=params or None))


def _read(value: Any) -> Any:
    """What the server has not read by the model's example or signature."""
    if isinstance(value, list):
        return np.asarray(value)
    if isinstance(value, dict) and value.keys() >= _FRAME:
        return pd.DataFrame(value["data"], columns=value["columns"], index=value["index"])
    if isinstance(value, dict):
        return {name: np.asarray(it) for name, it in value.items()}
    return value


def _plain(result: Any) -> Any:
    """The prediction as JSON values."""
    if isinstance(result, pd.DataFrame):
        return json.loads(result.to_json(orient="records"))
    if isinstance(result, pd.Series):
        return json.loads(result.to_json(orient="values"))
    if isinstance(result, np.generic | np.ndarray):
        return result.tolist()
    if isinstance(result, dict):
        return {name: _plain(it) for name, it in result.items()}
    if isinstance(result, list | tuple):
        return [_plain(it) for it in result]
    return result
