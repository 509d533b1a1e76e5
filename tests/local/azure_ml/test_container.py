"""A custom container behind the emulator: its routes, the endpoint's URI, and a mounted model."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from local import cloud
from local.azure_ml.testing import Emulator, Facts
from tests.local.azure_ml.client import PLACE, WS, Client
from tests.local.azure_ml.seeds import container

FLAGS = ("--endpoint-seconds", "0", "--deployment-seconds", "0", "--grant-seconds", "0")
DOCKERFILE = 'FROM python:3.12\nWORKDIR /app\nCOPY . .\nCMD ["python", "server.py"]\n'
SERVER = """\
import http.server
import os
import pathlib


class Answer(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200 if self.path in {"/ready", "/ask/it"} else 404)
        self.end_headers()
        folder = pathlib.Path(os.environ["AZUREML_MODEL_DIR"])
        names = [*folder.parts[-3:], *(it.name for it in folder.rglob("*"))]
        self.wfile.write(" ".join(names).encode())

    do_POST = do_GET


http.server.ThreadingHTTPServer(("0.0.0.0", 9000), Answer).serve_forever()
"""


@pytest.fixture
def app(facts: Facts, tmp_path: Path) -> Iterator[Client]:
    emulator = Emulator(tmp_path, facts.blob_port, ("-m", "local.azure_ml", *FLAGS))
    try:
        yield Client(emulator.start(), cloud.APP_IDENTITY_HEADER)
    finally:
        emulator.stop()


def test_the_scoring_uri_is_that_of_the_deployment_that_was_made_last(app: Client) -> None:
    """Paths are passed on as they are; see `DeploymentPut`."""
    register(app, "one", {"scoringRoute": {"port": 9000, "path": "/ask/it"}})
    app.ended(app.put_endpoint("words"))
    put(app, "one", "blue", mount="/srv/models")
    app.ended(app.put_endpoint("words", traffic={"blue": 100}))
    uri = app.get("onlineEndpoints/words")["properties"]["scoringUri"]
    assert uri.endswith(".inference.ml.azure.com/ask/it")
    assert ask(app, uri).text.split() == ["models", "fit", "1", "fit", "weights"]
    refused = ask(app, uri.replace("/ask/it", "/score"))
    assert refused.status_code == 424
    assert refused.headers["ms-azureml-model-error-statuscode"] == "404"

    register(app, "two", {"scoringRoute": {"port": 9000, "path": "/score"}})
    put(app, "two", "green")
    assert app.get("onlineEndpoints/words")["properties"]["scoringUri"].endswith("/score")
    assert ask(app, uri).status_code == 200  # blue has the traffic, and its own path


def register(app: Client, name: str, routes: dict[str, Any]) -> None:
    store = container(app.facts)
    files = {"Dockerfile": DOCKERFILE, "server.py": SERVER}
    for file, text in files.items():
        store.upload_blob(f"LocalUpload/{name}/context/{file}", text.encode(), overwrite=True)
    store.upload_blob("LocalUpload/fit/fit/weights", b"fit", overwrite=True)
    uri = f"azureml:/{PLACE}/datastores/workspaceblobstore/paths/LocalUpload/fit/fit"
    assert app.call("PUT", "models/fit/versions/1", {"properties": {"modelUri": uri}}).ok
    context = f"https://{cloud.WORKSPACE_ACCOUNT}.blob.core.windows.net/{cloud.WORKSPACE_CONTAINER}"
    probe = {"port": 9000, "path": "/ready"}
    environment = {
        "build": {"contextUri": f"{context}/LocalUpload/{name}/context/"},
        "inferenceConfig": {"livenessRoute": probe, "readinessRoute": probe, **routes},
    }
    assert app.call("PUT", f"environments/{name}/versions/1", {"properties": environment}).ok


def put(app: Client, environment: str, name: str, mount: str | None = None) -> None:
    begun = app.put_deployment(
        "words",
        name,
        model=f"{WS}/models/fit/versions/1",
        environmentId=f"{WS}/environments/{environment}/versions/1",
        modelMountPath=mount,
        environmentVariables={},
    )
    ended = app.ended(begun)
    assert ended["status"] == "Succeeded", ended


def ask(app: Client, uri: str) -> Any:
    keys = app.call("POST", "onlineEndpoints/words/listKeys").json()
    headers = {"Authorization": f"Bearer {keys['primaryKey']}"}
    return app.web.post(uri, json={}, headers=headers, timeout=60)
