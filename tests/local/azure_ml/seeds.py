"""Initial assets of the test workspace."""

from azure.storage.blob import ContainerClient

from local import cloud
from local.azure_ml.testing import Facts
from tests.local.azure_ml.client import PLACE, Client

FAKE = "tests.local.azure_ml.fake_serving"
ROUTES = {
    "livenessRoute": {"path": "/health", "port": 8080},
    "readinessRoute": {"path": "/health", "port": 8080},
    "scoringRoute": {"path": "/score", "port": 8080},
}


def container(facts: Facts) -> ContainerClient:
    """Return the workspace's container, directly on Azurite."""
    return ContainerClient(
        f"http://127.0.0.1:{facts.blob_port}/{cloud.WORKSPACE_ACCOUNT}",
        cloud.WORKSPACE_CONTAINER,
        credential={
            "account_name": cloud.WORKSPACE_ACCOUNT,
            "account_key": cloud.WORKSPACE_ACCOUNT_KEY,
        },
    )


def seed_assets(app: Client) -> None:
    """Create a model of one file, marked as a flow, and an environment with an image."""
    container(app.facts).upload_blob("LocalUpload/one/flow/flow.dag.yaml", b"{}", overwrite=True)
    uri = f"azureml:/{PLACE}/datastores/workspaceblobstore/paths/LocalUpload/one/flow"
    properties = {"azureml.promptflow.source_flow_id": "flow"}
    model = {"properties": {"modelUri": uri, "properties": properties}}
    assert app.call("PUT", "models/flow-model/versions/1", model).ok
    plain = {"properties": {"modelUri": uri}}
    assert app.call("PUT", "models/plain-model/versions/1", plain).ok
    environment = {"properties": {"image": "flows:1", "inferenceConfig": ROUTES}}
    assert app.call("PUT", "environments/flow-env/versions/1", environment).ok
    bare = {"properties": {"image": "flows:1"}}
    assert app.call("PUT", "environments/bare-env/versions/1", bare).ok
