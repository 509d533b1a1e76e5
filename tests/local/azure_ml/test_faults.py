"""Fault rules and the log of calls."""

import time
from typing import Any

import pytest
import requests

from local import cloud
from tests.local.azure_ml.client import WS, Client, failed

BUSY = {"error": {"code": "ServerBusy", "message": "try again"}}


def add(arm: Client, **rule: Any) -> None:
    answer = requests.post(f"{arm.facts.admin_url}/faults", json=rule, timeout=60)
    assert answer.status_code == 201, answer.text


def rules(arm: Client) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = requests.get(f"{arm.facts.admin_url}/faults", timeout=60).json()
    return found


def test_the_nth_call_fails_as_often_as_asked(arm: Client) -> None:
    path = f"{WS}$"
    add(arm, method="GET", path=path, nth=2, times=2, status=503, body=BUSY)
    statuses = [arm.call("GET", WS).status_code for _ in range(5)]
    assert statuses == [200, 503, 503, 200, 200]
    assert (rules(arm)[0]["seen"], rules(arm)[0]["acted"]) == (5, 2)


def test_fault_before_the_commit_changes_nothing(arm: Client, name: str) -> None:
    headers = {"Retry-After": "1"}
    add(arm, method="PUT", path=name, status=429, body=BUSY, headers=headers)
    answer = arm.put_endpoint(name)
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "1")
    assert arm.call("GET", f"onlineEndpoints/{name}").status_code == 404
    logged = requests.get(f"{arm.facts.admin_url}/calls", timeout=60).json()
    seen = [it["retry_after"] for it in logged if it["path"].endswith(name)]
    assert seen == ["1", None]


def test_fault_after_the_commit_loses_only_the_answer(arm: Client, name: str) -> None:
    add(arm, method="PUT", path=name, status=503, body=BUSY, when="after")
    assert arm.put_endpoint(name).status_code == 503
    assert arm.call("GET", f"onlineEndpoints/{name}").status_code == 200


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_connection_is_dropped_before_or_after_the_commit(
    arm: Client, name: str, when: str
) -> None:
    add(arm, method="PUT", path=name, drop=True, when=when)
    with pytest.raises(requests.ConnectionError):
        arm.put_endpoint(name)
    time.sleep(0.3)
    found = arm.call("GET", f"onlineEndpoints/{name}").status_code
    assert found == (404 if when == "before" else 200)


def test_fault_can_delay_a_call(arm: Client) -> None:
    add(arm, method="GET", path=f"{WS}$", delay=0.4)
    began = time.monotonic()
    assert arm.call("GET", WS).status_code == 200
    assert time.monotonic() - began >= 0.4


def test_faults_apply_to_blob_calls(arm: Client) -> None:
    host = f"{cloud.WORKSPACE_ACCOUNT}.blob.core.windows.net"
    add(arm, method="HEAD", host="blob", path="indicator", status=500, times=-1)
    for _ in range(2):
        assert arm.web.head(f"https://{host}/c/indicator").status_code == 500


def test_fault_fails_the_next_operation_with_its_error(arm: Client, endpoint: str) -> None:
    failure = {"code": "ImageBuildFailure", "message": "step 3 of 4"}
    add(arm, operation="deployment", name="^blue$", error=failure)
    begun = arm.put_deployment(endpoint, "blue")
    assert begun.status_code == 201
    status = arm.ended(begun)
    assert failed(status, "ImageBuildFailure")
    assert arm.ended(arm.put_deployment(endpoint, "blue"))["status"] == "Succeeded"


def test_failed_traffic_change_keeps_the_old_traffic(arm: Client, endpoint: str) -> None:
    for color in ("blue", "green"):
        arm.ended(arm.put_deployment(endpoint, color))
    arm.ended(arm.put_endpoint(endpoint, traffic={"blue": 100}))
    add(arm, operation="endpoint", name=endpoint, error={"code": "InternalServerError"})

    status = arm.ended(arm.put_endpoint(endpoint, traffic={"green": 100}))

    assert status["status"] == "Failed"
    read = arm.get(f"onlineEndpoints/{endpoint}")["properties"]
    assert (read["traffic"], read["provisioningState"]) == ({"blue": 100}, "Failed")


def test_fault_rule_without_effect_is_refused(arm: Client) -> None:
    url = f"{arm.facts.admin_url}/faults"
    for rule in ({}, {"operation": "deployment"}, {"status": 503, "verb": "GET"}, {"path": "("}):
        assert requests.post(url, json=rule, timeout=60).status_code == 400


def test_call_log_has_caller_call_and_status(arm: Client, name: str) -> None:
    url = f"{arm.facts.admin_url}/calls"
    requests.delete(url, timeout=60)
    arm.put_endpoint(name)
    (logged,) = requests.get(url, timeout=60).json()
    assert logged["method"] == "PUT"
    assert logged["host"] == "management.azure.com"
    assert logged["path"] == f"{WS}/onlineEndpoints/{name}"
    assert logged["api_version"] == "2025-12-01"
    assert logged["status"] == 201
    assert logged["body"]["location"] == cloud.REGION
    assert logged["principal"] == cloud.APP_PRINCIPAL
    assert logged["time"]
