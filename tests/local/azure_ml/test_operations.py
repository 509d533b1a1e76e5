"""Operations on endpoints and deployments: headers, states, one at a time."""

from collections.abc import Callable
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest
import requests

from local import cloud
from tests.local.azure_ml.client import REGION, WS, Client, error, failed


def test_a_new_endpoint_answers_201_with_the_headers_azure_sends(arm: Client, name: str) -> None:
    begun = arm.put_endpoint(name)

    assert begun.status_code == 201
    prefix = f"https://management.azure.com{REGION}/mfeOperationsStatus/oeidp:"
    assert begun.headers["Azure-AsyncOperation"].startswith(prefix)
    assert begun.headers["x-ms-async-operation-timeout"] == "PT30M"
    assert "Retry-After" not in begun.headers
    assert begun.json()["properties"]["provisioningState"] == "Creating"
    assert arm.ended(begun)["status"] == "Succeeded"
    read = arm.get(f"onlineEndpoints/{name}")
    assert read["properties"]["provisioningState"] == "Succeeded"
    host = f"{name}.{cloud.REGION}.inference.ml.azure.com"
    assert read["properties"]["scoringUri"] == f"https://{host}/score"


def test_the_status_of_a_running_operation_is_updating(
    arm: Client, name: str, settings: Callable[..., None]
) -> None:
    settings(endpoint_seconds=600)
    begun = arm.put_endpoint(name)

    status = arm.web.get(begun.headers["Azure-AsyncOperation"]).json()

    assert status["status"] == "Updating"
    assert status["endTime"].startswith("0001-01-01")
    assert set(status) == {"id", "name", "startTime", "endTime", "percentComplete", "status"}


def test_unchanged_signed_status_url_works_for_any_caller(arm: Client, name: str) -> None:
    url = arm.put_endpoint(name).headers["Azure-AsyncOperation"]
    given = dict(parse_qsl(urlsplit(url).query))
    assert list(given)[1:] == ["t", "c", "s", "h"]
    for cut in "tcsh":
        less = urlencode({key: value for key, value in given.items() if key != cut})
        refused = arm.web.get(f"{url.partition('?')[0]}?{less}")
        assert (refused.status_code, error(refused)) == (403, "AuthorizationFailed")
    assert arm.web.get(url).json()["name"] == url.partition("?")[0].rpartition("/")[2]


def test_unsigned_status_url_needs_a_right_on_the_region(
    arm: Client, developer: Client, endpoint: str
) -> None:
    kept = arm.get(f"onlineEndpoints/{endpoint}")["properties"]["properties"]
    url = kept["AzureAsyncOperationUri"]

    refused = arm.web.get(url)

    assert (refused.status_code, error(refused)) == (403, "AuthorizationFailed")
    assert "locations/mfeOperationsStatus/read" in refused.json()["error"]["message"]
    assert developer.web.get(url).json()["status"] == "Succeeded", "it reads the subscription"


def test_deletion_answers_202_without_body_and_removes_the_endpoint(
    arm: Client, endpoint: str
) -> None:
    begun = arm.call("DELETE", f"onlineEndpoints/{endpoint}")

    assert (begun.status_code, begun.json()) == (202, None)
    assert "/mfeOperationResults/oeidp:" in begun.headers["Location"]
    assert arm.ended(begun)["status"] == "Succeeded"
    gone = arm.call("GET", f"onlineEndpoints/{endpoint}")
    assert (gone.status_code, error(gone)) == (404, "ResourceNotFound")
    assert arm.web.get(begun.headers["Location"]).status_code == 204
    assert arm.call("DELETE", f"onlineEndpoints/{endpoint}").status_code == 204


def test_second_operation_on_endpoint_or_its_deployments_is_refused(
    arm: Client, endpoint: str, settings: Callable[..., None]
) -> None:
    settings(deployment_seconds=5)
    begun = arm.put_deployment(endpoint, "blue")
    assert begun.status_code == 201

    others = (
        arm.put_deployment(endpoint, "blue"),
        arm.put_deployment(endpoint, "green"),
        arm.put_endpoint(endpoint),
        arm.call("DELETE", f"onlineEndpoints/{endpoint}"),
        arm.call("DELETE", f"onlineEndpoints/{endpoint}/deployments/blue"),
    )

    assert [(one.status_code, error(one)) for one in others] == [(409, "Conflict")] * 5
    assert arm.ended(begun)["status"] == "Succeeded"


def test_missing_deployment_fields_get_azure_defaults(arm: Client, endpoint: str) -> None:
    arm.ended(arm.put_deployment(endpoint, "blue"))

    read = arm.get(f"onlineEndpoints/{endpoint}/deployments/blue")

    properties = read["properties"]
    assert properties["scaleSettings"] == {"scaleType": "Default"}
    assert properties["requestSettings"] == {
        "maxQueueWait": "PT0S",
        "requestTimeout": "PT5S",
        "maxConcurrentRequestsPerInstance": 1,
    }
    assert properties["livenessProbe"]["initialDelay"] == "PT10S"
    assert read["sku"]["capacity"] == 1
    assert read["systemData"]["createdByType"] == "Application"
    model = arm.get("models/flow-model/versions/1")
    assert model["properties"]["flavors"] == {}


def test_instance_count_change_starts_no_new_container(arm: Client, endpoint: str) -> None:
    arm.ended(arm.put_deployment(endpoint, "blue"))
    path = f"onlineEndpoints/{endpoint}/deployments/blue"

    arm.ended(arm.call("PATCH", path, {"sku": {"capacity": 3}}))

    assert arm.get(path)["sku"]["capacity"] == 3
    assert arm.call("GET", path).json()["properties"]["provisioningState"] == "Succeeded"


@pytest.mark.parametrize(
    ("shape", "code", "message"),
    [
        ("head", None, "OutOfQuota: no cores"),
        ("none", None, "(None) OutOfQuota: no cores"),
        ("text", None, "no cores"),
        ("code", "OutOfQuota", "no cores"),
    ],
)
def test_setting_decides_where_a_failed_operation_has_its_code(
    arm: Client, name: str, settings: Callable[..., None], shape: str, code: str, message: str
) -> None:
    settings(operation_errors=shape)
    rule = {"operation": "endpoint", "error": {"code": "OutOfQuota", "message": "no cores"}}
    requests.post(f"{arm.facts.admin_url}/faults", json=rule, timeout=60)

    error = arm.ended(arm.put_endpoint(name))["error"]

    assert (error["code"], error["message"]) == (code, message)


def test_endpoint_whose_creation_failed_accepts_no_deployment(arm: Client, name: str) -> None:
    rule = {"operation": "endpoint", "error": {"code": "InternalServerError"}}
    requests.post(f"{arm.facts.admin_url}/faults", json=rule, timeout=60)
    assert failed(arm.ended(arm.put_endpoint(name)), "InternalServerError")
    arm.ended(arm.put_endpoint(name))

    refused = arm.put_deployment(name, "blue").json()["error"]

    assert "Recreate the endpoint and try again" in refused["details"][0]["message"]


def test_failed_container_fails_the_operation_and_keeps_its_log(arm: Client, endpoint: str) -> None:
    begun = arm.put_deployment(endpoint, "bad", environmentVariables={"FAIL": "ResourceNotReady"})

    status = arm.ended(begun)

    assert failed(status, "ResourceNotReady")
    path = f"onlineEndpoints/{endpoint}/deployments/bad"
    assert arm.get(path)["properties"]["provisioningState"] == "Failed"
    log = arm.call("POST", f"{path}/getLogs", {"containerType": "InferenceServer", "tail": 1})
    said = log.json()["content"]
    assert said == "Container logs:\nTraceback: no module named nothing\n"


def test_deployment_of_missing_assets_is_refused(arm: Client, endpoint: str) -> None:
    missing = arm.put_deployment(endpoint, "blue", model=f"{WS}/models/none/versions/1")
    assert (missing.status_code, error(missing)) == (404, "ResourceNotFound")
    nowhere = arm.put_deployment("no-such-endpoint", "blue")
    assert (nowhere.status_code, error(nowhere)) == (404, "ResourceNotFound")
