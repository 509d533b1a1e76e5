"""Killed at any moment and started again, the emulator goes on where it was."""

from pathlib import Path

from local import cloud
from local.azure_ml.testing import Emulator, azurite
from tests.local.azure_ml.client import Client
from tests.local.azure_ml.seeds import FAKE, seed_assets

FLAGS = ("--endpoint-seconds", "0.1", "--deployment-seconds", "0.4", "--grant-seconds", "0")


def test_state_operations_and_containers_survive_a_kill(tmp_path: Path) -> None:
    with azurite(tmp_path / "azurite") as port:
        process = Emulator(tmp_path / "state", port, ("-m", FAKE, *FLAGS))
        try:
            facts = process.start()
            before = Client(facts, cloud.APP_IDENTITY_HEADER)
            seed_assets(before)
            before.ended(before.put_endpoint("kept"))
            before.ended(before.put_deployment("kept", "blue"))
            before.ended(before.put_endpoint("kept", traffic={"blue": 100}))
            keys = before.call("POST", "onlineEndpoints/kept/listKeys").json()
            ca = Path(facts.ca_bundle).read_bytes()
            begun = before.put_deployment("kept", "green")
            assert begun.status_code == 201
            process.kill()

            facts = process.start()
            after = Client(facts, cloud.APP_IDENTITY_HEADER)
            assert Path(facts.ca_bundle).read_bytes() == ca
            assert after.ended(begun)["status"] == "Succeeded"
            assert after.call("POST", "onlineEndpoints/kept/listKeys").json() == keys
            after.web.headers["Authorization"] = before.web.headers["Authorization"]
            names = [one["name"] for one in after.get("onlineEndpoints/kept/deployments")["value"]]
            assert names == ["blue", "green"]
            log = after.call("POST", "onlineEndpoints/kept/deployments/blue/getLogs", {}).json()
            assert '"files": ["flow.dag.yaml"]' in log["content"]
        finally:
            process.stop()
