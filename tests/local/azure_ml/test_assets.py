"""Asset versions: fixed fields, stored fields, next version."""

from local import cloud
from tests.local.azure_ml.client import PLACE, WS, Client, error, failed

URI = f"azureml:/{PLACE}/datastores/workspaceblobstore/paths/LocalUpload/one/flow"


def test_model_version_cannot_change_its_path(arm: Client, name: str) -> None:
    path = f"models/{name}/versions/1"
    assert arm.call("PUT", path, {"properties": {"modelUri": URI}}).status_code == 201
    assert arm.call("PUT", path, {"properties": {"modelUri": f"{URI}/"}}).status_code == 200
    other = arm.call("PUT", path, {"properties": {"modelUri": URI + "-2"}})
    assert (other.status_code, error(other)) == (409, "UserError")


def test_container_shows_latest_and_next_version(arm: Client, name: str) -> None:
    missing = arm.call("GET", f"models/{name}")
    assert missing.status_code == 404
    for version in ("1", "4"):
        arm.call("PUT", f"models/{name}/versions/{version}", {"properties": {"modelUri": URI}})
    found = arm.get(f"models/{name}")["properties"]
    assert (found["latestVersion"], found["nextVersion"]) == ("4", "5")
    versions = arm.all(f"models/{name}/versions")
    assert [one["name"] for one in versions] == ["4", "1"]


def test_environment_version_cannot_change_its_image(arm: Client, name: str) -> None:
    path = f"environments/{name}/versions/1"
    assert arm.call("PUT", path, {"properties": {"image": "a:1"}}).status_code == 201
    tagged = {"properties": {"image": "a:1", "tags": {"a": "b"}}}
    assert arm.call("PUT", path, tagged).json()["properties"]["tags"] == {"a": "b"}
    assert arm.call("PUT", path, {"properties": {"image": "a:2"}}).status_code == 409
    assert arm.call("PUT", f"environments/{name}/versions/2", {"properties": {}}).status_code == 400


def test_pending_upload_returns_a_writable_url(arm: Client, name: str) -> None:
    found = arm.call("POST", f"codes/{name}/versions/1/startPendingUpload", {}).json()
    reference = found["blobReferenceForConsumption"]
    host = f"https://{cloud.WORKSPACE_ACCOUNT}.blob.core.windows.net"
    assert reference["blobUri"].startswith(f"{host}/{cloud.WORKSPACE_CONTAINER}/")
    uri, _, sas = reference["credential"]["sasUri"].partition("?")
    written = arm.web.put(
        f"{uri}/{name}?{sas}",
        data=b"x",
        headers={"x-ms-blob-type": "BlockBlob", "Authorization": ""},
    )
    assert written.status_code == 201, written.text


def test_missing_model_files_fail_the_deployment(arm: Client, endpoint: str, name: str) -> None:
    arm.call("PUT", f"models/{name}/versions/1", {"properties": {"modelUri": f"{URI}-nowhere"}})
    begun = arm.put_deployment(endpoint, "blue", model=f"{WS}/models/{name}/versions/1")
    status = arm.ended(begun)
    assert failed(status, "BadArgument")
