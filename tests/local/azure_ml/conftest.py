"""One emulator for all tests here, with a serving that starts nothing."""

import uuid
from collections.abc import Callable, Iterator

import pytest
import requests
from azure.storage.blob import ContainerClient
from client import WS, Client

from local import cloud
from local.azure_ml.testing import Facts, emulator

FAKE = "tests.local.azure_ml.fake_serving"
FAST = ("--endpoint-seconds", "0.1", "--deployment-seconds", "0.15", "--grant-seconds", "0.4")
ROUTES = {
    "livenessRoute": {"path": "/health", "port": 8080},
    "readinessRoute": {"path": "/health", "port": 8080},
    "scoringRoute": {"path": "/score", "port": 8080},
}


@pytest.fixture(scope="session")
def facts(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Facts]:
    with emulator(tmp_path_factory.mktemp("cloud"), *FAST, module=FAKE) as found:
        yield found


@pytest.fixture(scope="session")
def developer(facts: Facts) -> Client:
    return Client(facts, cloud.DEVELOPER_IDENTITY_HEADER)


@pytest.fixture(scope="session")
def arm(facts: Facts, developer: Client) -> Client:
    """The app's client, in a workspace that has a model and an environment."""
    app = Client(facts, cloud.APP_IDENTITY_HEADER)
    seed_assets(app)
    return app


@pytest.fixture(autouse=True)
def _as_new(facts: Facts) -> Iterator[None]:
    yield
    requests.delete(f"{facts.admin_url}/faults", timeout=10)
    settings = {"endpoint_seconds": 0.1, "deployment_seconds": 0.15, "taken": []}
    requests.post(f"{facts.admin_url}/settings", json=settings, timeout=10)


@pytest.fixture
def name() -> str:
    """A name that no other test has."""
    return f"t-{uuid.uuid4().hex[:12]}"


@pytest.fixture
def endpoint(arm: Client, name: str) -> str:
    assert arm.ended(arm.put_endpoint(name))["status"] == "Succeeded"
    return name


@pytest.fixture
def settings(facts: Facts) -> Callable[..., None]:
    def change(**wanted: object) -> None:
        requests.post(f"{facts.admin_url}/settings", json=wanted, timeout=10).raise_for_status()

    return change


def container(facts: Facts) -> ContainerClient:
    """The workspace's container, straight on Azurite."""
    return ContainerClient(
        f"http://127.0.0.1:{facts.blob_port}/{cloud.WORKSPACE_ACCOUNT}",
        cloud.WORKSPACE_CONTAINER,
        credential={
            "account_name": cloud.WORKSPACE_ACCOUNT,
            "account_key": cloud.WORKSPACE_ACCOUNT_KEY,
        },
    )


def seed_assets(app: Client) -> None:
    """A model of one file, with the property of a flow, and an environment of an image."""
    container(app.facts).upload_blob("LocalUpload/one/flow/flow.dag.yaml", b"{}", overwrite=True)
    uri = f"azureml:/{WS}/datastores/workspaceblobstore/paths/LocalUpload/one/flow"
    properties = {"azureml.promptflow.source_flow_id": "flow"}
    model = {"properties": {"modelUri": uri, "properties": properties}}
    assert app.call("PUT", "models/flow-model/versions/1", model).ok
    plain = {"properties": {"modelUri": uri}}
    assert app.call("PUT", "models/plain-model/versions/1", plain).ok
    environment = {"properties": {"image": "flows:1", "inferenceConfig": ROUTES}}
    assert app.call("PUT", "environments/flow-env/versions/1", environment).ok
    bare = {"properties": {"image": "flows:1"}}
    assert app.call("PUT", "environments/bare-env/versions/1", bare).ok
