"""The emulator as a process, with deployments that echo."""

from pathlib import Path

from local import cloud
from local.azure_ml.testing import Emulator, Facts
from tests.local.azure_ml.client import Client
from tests.local.azure_ml.seeds import seed_assets

FLAGS = ("--endpoint-seconds", "0", "--deployment-seconds", "0", "--serve", "echo")


def test_deployment_answers_at_its_scoring_uri(facts: Facts, tmp_path: Path) -> None:
    process = Emulator(tmp_path, facts.blob_port, ("-m", "local.azure_ml", *FLAGS))
    try:
        app = Client(process.start(), cloud.APP_IDENTITY_HEADER)
        seed_assets(app)
        app.ended(app.put_endpoint("Loud-Echo"))
        app.ended(app.put_deployment("loud-echo", "blue"))
        uri = app.get("onlineEndpoints/Loud-Echo")["properties"]["scoringUri"]
        keys = app.call("POST", "onlineEndpoints/Loud-Echo/listKeys").json()
        app.web.headers["Authorization"] = f"Bearer {keys['secondaryKey']}"

        silent = app.web.post(uri, json={"say": "a"})
        named = app.web.post(uri, json={"say": "b"}, headers={"azureml-model-deployment": "blue"})

        assert silent.status_code == 404
        assert named.json() == {"say": "b"}
    finally:
        process.stop()
