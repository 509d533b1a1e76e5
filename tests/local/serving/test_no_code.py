"""MLflow models without code: real models under the real inference server, with our script."""

import asyncio
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest

from local.azure_ml.no_code import without_code
from local.azure_ml.readback import Unreadable
from local.places import ROOT
from local.serving.contract import Container, ServingError
from local.serving.scripts.server import asks_for_mlflow
from tests.local.serving.containers import Serve, container

pytestmark = pytest.mark.timeout(600)

MODEL = ROOT / "samples" / "mlflow" / "model"
FRAME = {"columns": ["width", "length"], "index": [0], "data": [[2.0, 3.0]]}
ANSWER = [{"area": 6.0, "price": 720.0}]


def plain(model: Path, **changes: Any) -> Container:
    wanted: dict[str, Any] = {
        "model": model,
        "environment_variables": {},
        "image": "",
        "port": 5001,
        "liveness": "/",
        "readiness": "/",
    }
    return container("plot", **{**wanted, **changes})


async def _answers(serve: Serve, made: Container, *bodies: object) -> list[httpx.Response]:
    async with serve() as serving:
        await serving.start(made)
        url = serving.url("plot", "blue")
        async with httpx.AsyncClient(timeout=60) as client:
            answers = [await client.post(f"{url}/score", json=body) for body in bodies]
            return [*answers, await client.get(f"{url}/swagger.json")]


def test_a_model_answers_for_a_frame_and_refuses_other_requests(serve: Serve) -> None:
    made = without_code(plain(MODEL))
    answer, no_input, other = asyncio.run(
        _answers(
            serve,
            made,
            {"input_data": FRAME},
            {"dataframe_split": FRAME},
            {"input_data": {**FRAME, "columns": ["width", "depth"]}},
        )
    )[:3]

    assert answer.json() == ANSWER
    assert no_input.status_code == 400
    assert other.status_code == 500


def test_the_signature_is_in_the_swagger(serve: Serve) -> None:
    (swagger,) = asyncio.run(_answers(serve, without_code(plain(MODEL))))

    schemas = swagger.json()["definitions"]
    frame = schemas["ServiceInput"]["properties"]["input_data"]
    assert set(frame["properties"]) == {"columns", "index", "data"}
    assert schemas["ServiceOutput"]["type"] == "array"


TENSORS = """\
import numpy as np
from mlflow.models import set_model
from mlflow.pyfunc import PythonModel


class Sum(PythonModel):
    def predict(self, context, model_input, params=None):
        values = model_input["x"] if isinstance(model_input, dict) else model_input
        return np.asarray(values).sum(axis=1) * (params or {}).get("times", 1)


set_model(Sum())
"""


TENSOR = '{"type": "tensor", "tensor-spec": {"dtype": "float64", "shape": [-1, 2]}'
PARAMS = '[{"name": "times", "dtype": "long", "default": 1, "shape": null}]'


@pytest.mark.parametrize(
    ("signature", "request_", "answer"),
    [
        ("", {"input_data": [[1.0, 2.0], [3.0, 4.0]]}, [3.0, 7.0]),
        (f'[{TENSOR}, "name": "x"}}]', {"input_data": {"x": [[1.0, 2.0]]}}, [3.0]),
        (f"[{TENSOR}}}]", {"input_data": [[1.0, 2.0]], "params": {"times": 10}}, [30.0]),
    ],
)
def test_a_model_answers_for_a_list_and_for_tensors(
    serve: Serve, tmp_path: Path, signature: str, request_: dict[str, Any], answer: list[float]
) -> None:
    model = tmp_path / "sum"
    shutil.copytree(MODEL, model)
    (model / "sum.py").write_text(TENSORS)
    described = (model / "MLmodel").read_text().replace("price.py", "sum.py")
    head, _, tail = described.partition("saved_input_example_info:")
    assert tail
    own = f"signature:\n  inputs: '{signature}'\n  params: '{PARAMS}'\n"
    (model / "MLmodel").write_text(head + own if signature else head)

    first, _ = asyncio.run(_answers(serve, without_code(plain(model)), request_))

    assert first.json() == answer, first.text


def test_a_model_without_azures_monitoring_does_not_start(serve: Serve, tmp_path: Path) -> None:
    """Azure/azureml-examples#4008: the generated script imports it."""
    model = tmp_path / "price"
    shutil.copytree(MODEL, model)
    (model / "conda.yaml").write_text("dependencies:\n  - pip:\n    - python-slugify==8.0.4\n")

    async def run() -> None:
        async with serve() as serving:
            with pytest.raises(ServingError) as raised:
                await serving.start(without_code(plain(model)))
            log = serving.log("plot", "blue", "InferenceServer")
        assert raised.value.code == "ResourceNotReady"
        assert "No module named" in log

    asyncio.run(run())


def test_what_is_no_mlflow_model_cannot_be_served_without_code(tmp_path: Path) -> None:
    with pytest.raises(Unreadable, match="is no MLflow model"):
        without_code(plain(tmp_path))
    (tmp_path / "MLmodel").write_text("flavors: {python_function: {env: conda.yaml}}")
    with pytest.raises(Unreadable):
        without_code(plain(tmp_path))
    (tmp_path / "conda.yaml").write_text("dependencies: []")
    made = without_code(plain(tmp_path))
    assert made.conda == "dependencies: []"
    assert made.platform["MLFLOW_MODEL_FOLDER"] == tmp_path.name
    assert replace(made, code=None).model == tmp_path


@pytest.mark.parametrize(
    ("lines", "asks"),
    [
        (["mlflow-skinny==2.22.5", "azureml_ai_monitoring"], True),
        (["mlflow<3", "azureml-ai-monitoring==1.0.0"], True),
        (["mlflow"], False),
        (["azureml-ai-monitoring"], False),
    ],
)
def test_which_requirements_bring_what_the_script_imports(lines: list[str], asks: bool) -> None:
    assert asks_for_mlflow(lines) is asks
