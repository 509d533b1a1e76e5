"""Requests that Azure refuses at once: names, traffic, identities, settings."""

import json
from collections.abc import Callable

import pytest

from local import cloud
from tests.local.azure_ml.client import WS, Client, error


def reason(answer: object) -> str:
    """Return the text that Azure ML nests inside a detail."""
    return str(json.dumps(answer.json())) if hasattr(answer, "json") else ""


@pytest.mark.parametrize("bad", ["ab", "1flow", "a" * 33, "flow--one", "flow-", "flow_one"])
def test_invalid_names_are_refused(arm: Client, bad: str) -> None:
    answer = arm.put_endpoint(bad)
    assert (answer.status_code, error(answer)) == (400, "BadRequest")
    assert "3 to 32" in reason(answer)


def test_endpoint_name_taken_in_the_region_is_refused(
    arm: Client, name: str, settings: Callable[..., None]
) -> None:
    settings(taken=[name])
    answer = arm.put_endpoint(name)
    assert answer.status_code == 400
    assert "unique within a region" in reason(answer)


@pytest.mark.parametrize(
    ("traffic", "mirror", "why"),
    [
        ({"nobody": 100}, {}, "does not exist"),
        ({"blue": 60}, {}, "0 or 100"),
        ({"blue": 90, "green": 20}, {}, "0 or 100"),
        ({"blue": 100}, {"green": 60}, "50 percent"),
        ({"blue": 100}, {"blue": 10}, "at once"),
        ({"blue": 101}, {}, "between 0 and 100"),
    ],
)
def test_invalid_traffic_is_refused(
    arm: Client, pair: str, traffic: dict[str, int], mirror: dict[str, int], why: str
) -> None:
    answer = arm.put_endpoint(pair, traffic=traffic, mirror=mirror)
    assert answer.status_code == 400
    assert why in reason(answer)


def test_traffic_may_be_split_mirrored_and_cleared(arm: Client, pair: str) -> None:
    arm.ended(arm.put_endpoint(pair, traffic={"blue": 70, "green": 30}))
    assert traffic(arm, pair) == {"blue": 70, "green": 30}
    arm.ended(arm.put_endpoint(pair, traffic={"blue": 100}, mirror={"green": 10}))
    assert traffic(arm, pair) == {"blue": 100}
    arm.ended(arm.put_endpoint(pair))
    assert traffic(arm, pair) == {}


def test_a_deployment_with_traffic_cannot_be_deleted(arm: Client, pair: str) -> None:
    arm.ended(arm.put_endpoint(pair, traffic={"blue": 100}))
    path = f"onlineEndpoints/{pair}/deployments"

    refused = arm.call("DELETE", f"{path}/blue")
    begun = arm.call("DELETE", f"{path}/green")

    assert (refused.status_code, error(refused)) == (400, "BadRequest")
    assert begun.status_code == 202
    arm.ended(begun)
    assert [one["name"] for one in arm.all(path)] == ["blue"]


def test_the_identity_of_an_endpoint_cannot_change(arm: Client, endpoint: str) -> None:
    other = {"type": "UserAssigned", "userAssignedIdentities": {cloud.USER_IDENTITY_ID: {}}}
    answer = arm.put_endpoint(endpoint, identity=other)
    assert answer.status_code == 400
    assert "identity" in reason(answer)


def test_properties_of_an_endpoint_can_be_added_but_not_altered(arm: Client, name: str) -> None:
    arm.ended(arm.put_endpoint(name, properties={"a": "1"}))
    arm.ended(arm.put_endpoint(name, properties={"a": "1", "b": "2"}))
    answer = arm.put_endpoint(name, properties={"a": "3"})
    assert answer.status_code == 400
    kept = arm.get(f"onlineEndpoints/{name}")["properties"]["properties"]
    assert (kept["a"], kept["b"]) == ("1", "2")


def test_environment_without_inference_config_is_missing_driver_program(
    arm: Client, endpoint: str
) -> None:
    bare = f"{WS}/environments/bare-env/versions/1"
    answer = arm.put_deployment(endpoint, "blue", environmentId=bare)
    found = answer.json()["error"]
    assert (answer.status_code, found["code"]) == (400, "BadRequest")
    assert found["message"] == "The request is invalid."
    assert found["details"][0]["code"] == "MissingDriverProgram"


@pytest.mark.parametrize(
    ("model", "timeout", "status"),
    [
        ("plain-model", "PT3M", 201),
        ("plain-model", "PT3M1S", 400),
        ("flow-model", "PT5M", 201),
        ("flow-model", "PT5M1S", 400),
    ],
)
def test_only_flow_models_allow_timeouts_up_to_300_seconds(
    arm: Client, endpoint: str, model: str, timeout: str, status: int
) -> None:
    answer = arm.put_deployment(
        endpoint,
        "blue",
        model=f"{WS}/models/{model}/versions/1",
        requestSettings={"requestTimeout": timeout},
    )
    assert answer.status_code == status, answer.text


@pytest.mark.parametrize("wrong", [{"size": "Standard_X1"}, {"instances": 0}, {"instances": 51}])
def test_invalid_sizes_and_instance_counts_are_refused(
    arm: Client, endpoint: str, wrong: dict[str, object]
) -> None:
    answer = arm.put_deployment(endpoint, "blue", **wrong)  # type: ignore[arg-type]
    assert answer.status_code == 400


def test_a_call_without_an_api_version_is_refused(arm: Client) -> None:
    answer = arm.web.get(f"https://management.azure.com{WS}")
    assert (answer.status_code, error(answer)) == (400, "MissingApiVersionParameter")


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("sluice-ws", "other-ws", "ResourceNotFound"),
        ("sluice-rg", "other-rg", "ResourceGroupNotFound"),
        ("/subscriptions/5a", "/subscriptions/6a", "SubscriptionNotFound"),
    ],
)
def test_other_subscriptions_groups_and_workspaces_are_not_found(
    arm: Client, old: str, new: str, code: str
) -> None:
    answer = arm.call("GET", WS.replace(old, new))
    assert (answer.status_code, error(answer)) == (404, code)


@pytest.fixture
def pair(arm: Client, endpoint: str) -> str:
    """Create an endpoint with two deployments, blue and green."""
    for color in ("blue", "green"):
        assert arm.ended(arm.put_deployment(endpoint, color))["status"] == "Succeeded"
    return endpoint


def traffic(arm: Client, endpoint: str) -> dict[str, int]:
    found: dict[str, int] = arm.get(f"onlineEndpoints/{endpoint}")["properties"]["traffic"]
    return found
