"""The emulator resumes its state after a kill and restart."""

from pathlib import Path

import requests

from local import cloud
from local.azure_ml.testing import Emulator, Facts
from tests.local.azure_ml.client import Client, failed
from tests.local.azure_ml.seeds import FAKE, seed_assets

FLAGS = ("--endpoint-seconds", "0.2", "--deployment-seconds", "0.4", "--grant-seconds", "0")


def test_state_operations_their_faults_and_containers_survive_a_kill(
    facts: Facts, tmp_path: Path
) -> None:
    process = Emulator(tmp_path / "state", facts.blob_port, ("-m", FAKE, *FLAGS))
    try:
        first = process.start()
        before = Client(first, cloud.APP_IDENTITY_HEADER)
        seed_assets(before)
        before.ended(before.put_endpoint("kept"))
        before.ended(before.put_deployment("kept", "blue"))
        before.ended(before.put_endpoint("kept", traffic={"blue": 100}))
        keys = before.call("POST", "onlineEndpoints/kept/listKeys").json()
        ca = Path(first.ca_bundle).read_bytes()
        rule = {"operation": "endpoint", "error": {"code": "InternalServerError"}}
        requests.post(f"{before.facts.admin_url}/faults", json=rule, timeout=60)
        doomed = before.put_endpoint("doomed")
        begun = before.put_deployment("kept", "green")
        assert begun.status_code == 201
        process.kill()

        after = Client(process.start(), cloud.APP_IDENTITY_HEADER)
        assert Path(after.facts.ca_bundle).read_bytes() == ca
        assert after.ended(begun)["status"] == "Succeeded"
        assert failed(after.ended(doomed), "InternalServerError")
        after.web.headers["Authorization"] = before.web.headers["Authorization"]
        assert after.call("POST", "onlineEndpoints/kept/listKeys").json() == keys
        names = [one["name"] for one in after.all("onlineEndpoints/kept/deployments")]
        assert names == ["blue", "green"]
        log = after.call("POST", "onlineEndpoints/kept/deployments/blue/getLogs", {}).json()
        assert '"files": ["flow.dag.yaml"]' in log["content"]
    finally:
        process.stop()
