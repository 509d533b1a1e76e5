"""Runs and their snapshots in the emulator, through the real adapter."""

import base64
from collections.abc import Iterator
from typing import Any

import pytest
import requests

from local import cloud
from local.azure_ml.testing import Facts
from shared.adapters.credential import AppCredential
from shared.adapters.runs import WorkspaceRuns
from shared.domain.failure import Denied, Refused, Unavailable
from tests.contract.azure_sides import Cloud
from tests.local.azure_ml.client import token

FILES = {"flow.dag.yaml": b"inputs: {}\n", "src/say it.py": b"print()\n"}
HOST = f"https://{cloud.REGION}.api.azureml.ms"


@pytest.fixture
def runs(adapters: Cloud) -> WorkspaceRuns:
    return WorkspaceRuns(
        AppCredential(), cloud.WORKSPACE_ID, lambda: adapters.workspace.facts().location
    )


@pytest.fixture
def run(facts: Facts) -> str:
    files = {path: base64.b64encode(content).decode() for path, content in FILES.items()}
    _admin(facts, "runs", name="a_run", files=files)
    return "a_run"


@pytest.fixture(autouse=True)
def _no_faults(facts: Facts) -> Iterator[None]:
    yield
    requests.delete(f"{facts.admin_url}/faults", timeout=60)


def _admin(facts: Facts, route: str, **body: Any) -> None:
    requests.post(f"{facts.admin_url}/{route}", json=body, timeout=60).raise_for_status()


def test_a_runs_flow_is_read_file_by_file(runs: WorkspaceRuns, run: str):
    found = runs.find(run)

    assert found is not None
    assert found.snapshot is not None
    assert dict(runs.files(found.snapshot)) == FILES


def test_missing_runs_and_runs_without_a_flow_are_distinguished(
    facts: Facts, runs: WorkspaceRuns, run: str
):
    _admin(facts, "runs", name="training")

    training = runs.find("training")
    assert training is not None
    assert training.snapshot is None
    assert runs.find("nowhere") is None
    assert runs.find(run.upper()) is None
    with pytest.raises(Refused, match="was not found"):
        runs.files("no-such-snapshot")


def test_timeouts_and_refusals_are_translated_to_failures(facts: Facts, runs: WorkspaceRuns):
    _admin(facts, "faults", path="rundata", status=503, times=1)
    with pytest.raises(Unavailable):
        runs.find("a_run")
    error = {"error": {"code": "UserError", "message": "no"}}
    _admin(facts, "faults", path="rundata", status=403, times=1, body=error)
    with pytest.raises(Denied):
        runs.find("a_run")


def test_the_emulator_accepts_only_tokens_for_arm(facts: Facts, run: str):
    def ask(audience: str | None, workspace: str = cloud.WORKSPACE_ID) -> int:
        headers = {}
        if audience is not None:
            bearer = token(facts, cloud.APP_IDENTITY_HEADER, audience)
            headers["Authorization"] = f"Bearer {bearer}"
        return requests.post(
            f"{HOST}/history/v1.0{workspace}/rundata",
            json={"runId": run, "selectRunMetadata": True},
            headers=headers,
            proxies={"https": facts.proxy},
            verify=facts.ca_bundle,
            timeout=60,
        ).status_code

    assert ask("https://management.azure.com/") == 200
    assert ask("https://ml.azure.com/") == 401
    assert ask(None) == 401
    assert ask("https://management.azure.com/", f"{cloud.WORKSPACE_ID}x") == 404
