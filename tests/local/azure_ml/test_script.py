"""A scoring script behind the emulator: its code is an asset, its environment has a conda file."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from local import cloud
from local.azure_ml.testing import Emulator, Facts
from tests.local.azure_ml.client import PLACE, WS, Client
from tests.local.azure_ml.seeds import container

FIXTURE = Path(__file__).parents[1] / "serving" / "fixtures" / "script"
FLAGS = ("--endpoint-seconds", "0", "--deployment-seconds", "0", "--grant-seconds", "0")
CONDA = "dependencies:\n- pip:\n  - azureml-inference-server-http\n  - python-slugify==8.0.4\n"
CODE = f"{WS}/codes/words/versions/1"


@pytest.fixture
def app(facts: Facts, tmp_path: Path) -> Iterator[Client]:
    emulator = Emulator(tmp_path, facts.blob_port, ("-m", "local.azure_ml", *FLAGS))
    try:
        yield Client(emulator.start(), cloud.APP_IDENTITY_HEADER)
    finally:
        emulator.stop()


def test_a_script_without_a_model_answers(app: Client) -> None:
    upload(app)
    app.ended(app.put_endpoint("words"))
    begun = put(app, {"codeId": CODE, "scoringScript": "score.py"})
    assert app.ended(begun)["status"] == "Succeeded"
    app.ended(app.put_endpoint("words", traffic={"blue": 100}))
    assert ask(app, "how does a lock work").json() == {"words": 5}
    failed = ask(app, "fail")
    assert failed.status_code == 424
    assert failed.headers["ms-azureml-model-error-statuscode"] == "500"


@pytest.mark.parametrize(
    ("code", "status", "said"),
    [
        ({"codeId": CODE}, 400, "scoringScript is required"),
        ({"codeId": f"{WS}/codes/none/versions/1", "scoringScript": "score.py"}, 404, "codes/none"),
        ({"codeId": f"{WS}/models/words/versions/1", "scoringScript": "a.py"}, 400, "not the id"),
    ],
)
def test_code_that_arm_refuses(app: Client, code: dict[str, str], status: int, said: str) -> None:
    upload(app)
    app.ended(app.put_endpoint("words"))
    refused = put(app, code)
    assert refused.status_code == status
    assert said in refused.text


def upload(app: Client) -> None:
    for file in FIXTURE.glob("*.py"):
        name = f"LocalUpload/words/script/{file.name}"
        container(app.facts).upload_blob(name, file.read_bytes(), overwrite=True)
    uri = f"azureml:/{PLACE}/datastores/workspaceblobstore/paths/LocalUpload/words/script"
    assert app.call("PUT", "codes/words/versions/1", {"properties": {"codeUri": uri}}).ok
    environment = {"image": "mcr.microsoft.com/azureml/minimal-py312", "condaFile": CONDA}
    assert app.call("PUT", "environments/words/versions/1", {"properties": environment}).ok


def put(app: Client, code: dict[str, str]) -> Any:
    return app.put_deployment(
        "words",
        "blue",
        model=None,
        environmentId=f"{WS}/environments/words/versions/1",
        codeConfiguration=code,
    )


def ask(app: Client, question: str) -> Any:
    keys = app.call("POST", "onlineEndpoints/words/listKeys").json()
    return app.web.post(
        app.get("onlineEndpoints/words")["properties"]["scoringUri"],
        json={"question": question},
        headers={"Authorization": f"Bearer {keys['primaryKey']}"},
        timeout=60,
    )
