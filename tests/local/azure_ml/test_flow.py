"""A real flow behind the emulator: only an identity with the role can read its connection."""

import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from local import cloud
from local.azure_ml import definitions
from local.azure_ml.testing import Emulator, Facts
from tests.local.azure_ml.client import PLACE, WS, Client
from tests.local.azure_ml.seeds import container, seed_assets
from tests.local.part import eventually

ROOT = Path(__file__).parents[3]
FLAGS = ("--endpoint-seconds", "0", "--deployment-seconds", "0", "--grant-seconds", "0")
SETTINGS = ",".join(
    f"deployment.{name}={value}"
    for name, value in (
        ("subscription_id", cloud.SUBSCRIPTION),
        ("resource_group", cloud.RESOURCE_GROUP),
        ("workspace_name", cloud.WORKSPACE),
        ("endpoint_name", "chatty"),
        ("deployment_name", "blue"),
    )
)
VARIABLES = {"PROMPTFLOW_RUN_MODE": "serving", "PRT_CONFIG_OVERRIDE": SETTINGS}


@pytest.fixture
def process(facts: Facts, tmp_path: Path) -> Iterator[Emulator]:
    emulator = Emulator(tmp_path, facts.blob_port, ("-m", "local.azure_ml", *FLAGS))
    try:
        yield emulator
    finally:
        emulator.stop()


def test_an_llm_flow_answers_once_its_endpoint_may_read_the_connection(process: Emulator) -> None:
    app = Client(process.start(), cloud.APP_IDENTITY_HEADER)
    seed_assets(app)
    upload(app, ROOT / "samples/chat")
    app.ended(app.put_endpoint("chatty"))
    begun = app.put_deployment(
        "chatty",
        "blue",
        model=f"{WS}/models/chat/versions/1",
        environmentVariables=VARIABLES,
        requestSettings={"requestTimeout": "PT1M"},
    )
    assert app.ended(begun)["status"] == "Succeeded"
    app.ended(app.put_endpoint("chatty", traffic={"blue": 100}))

    denied = ask(app, "chatty")
    assert denied.status_code == 424
    assert "Access denied to list workspace secret" in denied.text

    principal = app.get("onlineEndpoints/chatty")["identity"]["principalId"]
    app.grant(WS, definitions.SECRETS_READER.guid, principal, str(uuid.uuid4()))
    allowed = ask(app, "chatty")
    assert allowed.status_code == 200, allowed.text
    assert allowed.json()["answer"]

    process.kill()
    again = Client(process.start(), cloud.APP_IDENTITY_HEADER)
    # The control plane listens before a container that starts slowly is up again.
    eventually(lambda: ask(again, "chatty").json(), lambda answer: answer == allowed.json())


def upload(app: Client, folder: Path) -> None:
    for file in folder.iterdir():
        name = f"LocalUpload/chat/chat/{file.name}"
        container(app.facts).upload_blob(name, file.read_bytes(), overwrite=True)
    uri = f"azureml:/{PLACE}/datastores/workspaceblobstore/paths/LocalUpload/chat/chat"
    model = {"properties": {"modelUri": uri}}
    assert app.call("PUT", "models/chat/versions/1", model).ok


def ask(app: Client, endpoint: str) -> Any:
    keys = app.call("POST", f"onlineEndpoints/{endpoint}/listKeys").json()
    return app.web.post(
        app.get(f"onlineEndpoints/{endpoint}")["properties"]["scoringUri"],
        json={"question": "What is a sluice?", "chat_history": []},
        headers={"Authorization": f"Bearer {keys['primaryKey']}"},
        timeout=60,
    )
