"""The whole deployment with an unmodified MLClient."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
from azure.ai.ml import MLClient
from azure.ai.ml import entities as az
from azure.core.exceptions import HttpResponseError
from azure.identity import DefaultAzureCredential

from local import cloud
from local.azure_ml.testing import Facts, in_environment
from tests.local.azure_ml.client import Client

ROUTES = {
    "liveness_route": {"path": "/health", "port": 8080},
    "readiness_route": {"path": "/health", "port": 8080},
    "scoring_route": {"path": "/score", "port": 8080},
}


@pytest.fixture(scope="module")
def ml(facts: Facts, arm: Client) -> Iterator[Any]:
    place = (cloud.SUBSCRIPTION, cloud.RESOURCE_GROUP, cloud.WORKSPACE)
    with in_environment(facts.environment()):
        yield MLClient(DefaultAzureCredential(), *place, show_progress=False)


@pytest.fixture
def flow(tmp_path: Path) -> Path:
    folder = tmp_path / "flow"
    (folder / "tools").mkdir(parents=True)
    (folder / "flow.dag.yaml").write_text("inputs: {}\n")
    (folder / "tools/say.py").write_text("def say(): ...\n")
    return folder


def test_mlclient_deploys_a_folder_with_a_build_context(
    ml: Any, arm: Client, flow: Path, tmp_path: Path, name: str
) -> None:
    context = tmp_path / "build"
    context.mkdir()
    (context / "Dockerfile").write_text("FROM flows:1\n")
    ml.online_endpoints.begin_create_or_update(az.ManagedOnlineEndpoint(name=name))
    settled(arm, f"onlineEndpoints/{name}")
    deployment = az.ManagedOnlineDeployment(
        name="blue",
        endpoint_name=name,
        model=az.Model(
            name=name, version="abc", path=str(flow), properties={"azureml.promptflow.mode": "chat"}
        ),
        environment=az.Environment(
            name=name,
            version="1",
            build=az.BuildContext(path=str(context)),
            inference_config=ROUTES,
        ),
        environment_variables={"PROMPTFLOW_RUN_MODE": "serving"},
        instance_type="Standard_DS3_v2",
        instance_count=1,
    )
    ml.online_deployments.begin_create_or_update(deployment)
    settled(arm, f"onlineEndpoints/{name}/deployments/blue")

    read = ml.online_deployments.get("blue", name)
    assert (read.provisioning_state, read.instance_count) == ("Succeeded", 1)
    log = ml.online_deployments.get_logs("blue", name, lines=50)
    assert '"files": ["flow.dag.yaml", "tools", "tools/say.py"]' in log
    assert '"build": ["Dockerfile"]' in log

    endpoint = ml.online_endpoints.get(name)
    endpoint.traffic = {"blue": 100}
    ml.online_endpoints.begin_create_or_update(endpoint)
    settled(arm, f"onlineEndpoints/{name}")
    assert ml.online_endpoints.get(name).traffic == {"blue": 100}
    assert ml.online_endpoints.get_keys(name).primary_key
    assert name in [one.name for one in ml.online_endpoints.list()]


def test_unchanged_content_is_not_uploaded_again(
    ml: Any, arm: Client, flow: Path, name: str
) -> None:
    model = az.Model(name=name, version="1", path=str(flow))
    ml.models.create_or_update(model)
    requests.delete(f"{arm.facts.admin_url}/calls", timeout=60)

    ml.models.create_or_update(az.Model(name=name, version="1", path=str(flow)))

    calls = requests.get(f"{arm.facts.admin_url}/calls", timeout=60).json()
    blobs = {call["method"] for call in calls if "blob" in call["host"]}
    assert blobs == {"HEAD"}


@pytest.mark.parametrize("kind", ["Sas", "AccountKey", "None"])
def test_a_folder_is_uploaded_with_each_kind_of_datastore(
    ml: Any, flow: Path, settings: Callable[..., None], name: str, kind: str
) -> None:
    settings(datastore_credentials=kind)
    (flow / "flow.dag.yaml").write_text(f"inputs: {{{name}: {{}}}}\n")
    try:
        made = ml.models.create_or_update(az.Model(name=name, version="1", path=str(flow)))
    finally:
        settings(datastore_credentials="Sas")
    assert made.path.endswith("/flow")


def test_a_version_with_other_content_is_refused(
    ml: Any, flow: Path, tmp_path: Path, name: str
) -> None:
    ml.models.create_or_update(az.Model(name=name, version="1", path=str(flow)))
    (flow / "flow.dag.yaml").write_text("inputs: {a: {}}\n")
    with pytest.raises(Exception, match="already"):
        ml.models.create_or_update(az.Model(name=name, version="1", path=str(flow)))


def test_a_failed_operation_reaches_the_sdk_with_its_code(
    ml: Any, arm: Client, endpoint: str
) -> None:
    deployment = az.ManagedOnlineDeployment(
        name="bad",
        endpoint_name=endpoint,
        model=f"{cloud.WORKSPACE_ID}/models/flow-model/versions/1",
        environment=f"{cloud.WORKSPACE_ID}/environments/flow-env/versions/1",
        environment_variables={"FAIL": "ImageBuildFailure"},
        instance_type="Standard_DS3_v2",
        instance_count=1,
    )
    with pytest.raises(HttpResponseError) as failed:
        ml.online_deployments.begin_create_or_update(deployment).result()
    assert "ImageBuildFailure: " in str(failed.value), "Azure ML gives no code of its own"


def settled(arm: Client, path: str) -> None:
    """Poll faster than the SDK, which polls endpoints only every 30 s."""
    deadline = time.monotonic() + 180
    while time.monotonic() < deadline:
        state = arm.get(path)["properties"]["provisioningState"]
        if state in ("Succeeded", "Failed"):
            assert state == "Succeeded"
            return
        time.sleep(0.05)
    raise AssertionError(f"{path} did not settle")


def test_mlclient_creates_connections_as_documented(ml: Any) -> None:
    page = Path(__file__).parents[3].joinpath("docs", "reference", "local-stack.md").read_text()
    block = page.partition("## Connections")[2].partition("```python")[2].partition("```")[0]
    exec(compile(block, "local-stack.md", "exec"), {"ml": ml})
    made = ml.connections.get("aoai")
    assert (made.type, type(made).__name__) == ("azure_open_ai", "AzureOpenAIConnection")
    assert ml.connections.get("search").type == "azure_ai_search"
