"""An MLflow model without code behind the emulator: environment and script are Azure's."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from local import cloud
from local.azure_ml.testing import Emulator, Facts
from local.places import ROOT
from tests.local.azure_ml.client import PLACE, WS, Client
from tests.local.azure_ml.seeds import container

SAMPLE = ROOT / "samples" / "mlflow" / "model"
FLAGS = ("--endpoint-seconds", "0", "--deployment-seconds", "0", "--grant-seconds", "0")
MODEL = f"{WS}/models/price/versions/1"
FRAME = {"columns": ["width", "length"], "index": [0], "data": [[2.0, 3.0]]}


@pytest.fixture
def app(facts: Facts, tmp_path: Path) -> Iterator[Client]:
    emulator = Emulator(tmp_path, facts.blob_port, ("-m", "local.azure_ml", *FLAGS))
    try:
        made = Client(emulator.start(), cloud.APP_IDENTITY_HEADER)
        made.ended(made.put_endpoint("price"))
        yield made
    finally:
        emulator.stop()


def test_a_model_of_mlflow_answers_without_code_and_environment(app: Client) -> None:
    upload(app, "mlflow_model")
    assert app.ended(put(app))["status"] == "Succeeded"
    shown = app.get("onlineEndpoints/price/deployments/blue")["properties"]
    assert shown["environmentId"] is None
    app.ended(app.put_endpoint("price", traffic={"blue": 100}))
    assert ask(app, FRAME).json() == [{"area": 6.0, "price": 720.0}]


@pytest.mark.parametrize(
    ("kind", "changes"),
    [
        ("custom_model", {}),
        (
            "mlflow_model",
            {"codeConfiguration": {"codeId": f"{WS}/codes/a/versions/1", "scoringScript": "a.py"}},
        ),
    ],
)
def test_what_has_code_or_is_no_mlflow_model_needs_an_environment(
    app: Client, kind: str, changes: dict[str, Any]
) -> None:
    upload(app, kind)
    uri = f"azureml:/{PLACE}/datastores/workspaceblobstore/paths/LocalUpload/price/model"
    assert app.call("PUT", "codes/a/versions/1", {"properties": {"codeUri": uri}}).ok
    refused = put(app, **changes)
    assert refused.status_code == 400
    assert refused.json()["error"]["details"][0]["code"] == "MissingDriverProgram"


@pytest.mark.parametrize("name", ["echo-text/versions/2", "other/versions/1"])
def test_a_registry_has_no_other_models(app: Client, name: str) -> None:
    model = f"azureml://registries/azureml/models/{name}"
    refused = app.put_deployment("price", "blue", model=model, environmentId=None)
    assert refused.status_code == 404
    assert model in refused.text


def test_a_model_of_the_registry_answers(app: Client) -> None:
    model = "azureml://registries/azureml/models/echo-text/versions/1"
    begun = app.put_deployment("price", "blue", model=model, environmentId=None)
    assert app.ended(begun)["status"] == "Succeeded"
    app.ended(app.put_endpoint("price", traffic={"blue": 100}))
    answers = [ask(app, it).json() for it in (["a"], {"input_string": ["b", "c"]})]
    assert answers == [[{"output": "a"}], [{"output": "b"}, {"output": "c"}]]


def ask(app: Client, value: object) -> Any:
    keys = app.call("POST", "onlineEndpoints/price/listKeys").json()
    return app.web.post(
        app.get("onlineEndpoints/price")["properties"]["scoringUri"],
        json={"input_data": value},
        headers={"Authorization": f"Bearer {keys['primaryKey']}"},
        timeout=60,
    )


def upload(app: Client, kind: str) -> None:
    for file in SAMPLE.iterdir():
        name = f"LocalUpload/price/model/{file.name}"
        container(app.facts).upload_blob(name, file.read_bytes(), overwrite=True)
    uri = f"azureml:/{PLACE}/datastores/workspaceblobstore/paths/LocalUpload/price/model"
    body = {"properties": {"modelUri": uri, "modelType": kind}}
    assert app.call("PUT", "models/price/versions/1", body).ok


def put(app: Client, **changes: Any) -> Any:
    return app.put_deployment("price", "blue", model=MODEL, environmentId=None, **changes)
