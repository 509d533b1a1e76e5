from dataclasses import replace
from typing import Any

import pytest

from shared.adapters.bodies import deployment_body, endpoint_body, traffic_body
from shared.adapters.states import (
    connection_shapes,
    deployment_state,
    endpoint_state,
    keyless_targets,
    operation_state,
)
from shared.domain.azure.endpoint import (
    DeploymentSpec,
    EndpointSpec,
    Identity,
    OperationState,
    Probe,
    RequestSettings,
)
from shared.domain.manifest.connection_variable import ConnectionShape

USER = "/subscriptions/s/resourceGroups/g/providers/Microsoft.ManagedIdentity/u/flow"
SHOWN = {
    "id": "/subscriptions/s/onlineEndpoints/echo",
    "name": "echo",
    "location": "westeurope",
    "kind": "Managed",
    "tags": {"team": "a"},
    "identity": {
        "type": "UserAssigned",
        "userAssignedIdentities": {USER: {"principalId": "p", "clientId": "c"}},
    },
    "systemData": {"createdAt": "2026-11-22T15:00:00Z"},
    "properties": {
        "authMode": "Key",
        "description": "An echo",
        "publicNetworkAccess": "Disabled",
        "compute": None,
        "traffic": {"blue": 90, "green": 10},
        "mirrorTraffic": {"red": 20},
        "scoringUri": "https://echo.westeurope.inference.ml.azure.com/score",
        "provisioningState": "Succeeded",
        "properties": {"kept": "1", "AzureAsyncOperationUri": "https://management.azure.com/op"},
    },
}
SPEC = DeploymentSpec("blue", "/models/m", "/environments/e", "Standard_DS3_v2")


def test_network_restrictions_of_a_deployment_are_sent() -> None:
    plain = deployment_body(SPEC, "westeurope", 1)["properties"]
    assert {"egressPublicNetworkAccess", "properties"}.isdisjoint(plain)
    closed = replace(
        SPEC,
        egress_public_network_access="Disabled",
        private_network_connection=True,
        properties={"a": "1"},
    )
    body = deployment_body(closed, "westeurope", 1)["properties"]
    assert body["egressPublicNetworkAccess"] == "Disabled"
    assert body["properties"] == {"a": "1", "private-network-connection": True}


def test_a_put_of_an_endpoint_repeats_its_existing_fields() -> None:
    spec = EndpointSpec(
        "echo",
        identity=Identity("UserAssigned", USER),
        tags={"job": "j"},
        properties={"new": "2"},
    )
    body = endpoint_body(spec, "westeurope", SHOWN)
    inner = body["properties"]
    assert body["identity"] == {"type": "UserAssigned", "userAssignedIdentities": {USER: {}}}
    assert body["tags"] == {"team": "a", "job": "j"}
    assert inner["traffic"] == {"blue": 90, "green": 10}
    assert inner["mirrorTraffic"] == {"red": 20}
    assert inner["properties"] == {"kept": "1", "new": "2"}
    assert (inner["description"], inner["publicNetworkAccess"]) == ("An echo", "Disabled")


def test_a_new_endpoint_has_only_the_requested_fields() -> None:
    body = endpoint_body(EndpointSpec("echo", auth_mode="AADToken"), "westeurope", None)
    assert body == {
        "location": "westeurope",
        "kind": "Managed",
        "tags": {},
        "identity": {"type": "SystemAssigned"},
        "properties": {
            "authMode": "AADToken",
            "traffic": {},
            "mirrorTraffic": {},
            "properties": {},
        },
    }


def test_a_change_of_traffic_keeps_other_fields_and_ends_mirroring_to_its_receivers() -> None:
    body = traffic_body(SHOWN, {"red": 100})
    assert body["properties"]["traffic"] == {"red": 100}
    assert body["properties"]["mirrorTraffic"] == {}
    assert body["tags"] == {"team": "a"}
    assert body["identity"]["type"] == "UserAssigned"
    assert body["properties"]["authMode"] == "Key"
    kept = traffic_body(SHOWN, {"blue": 100})
    assert kept["properties"]["mirrorTraffic"] == {"red": 20}


def test_a_deployment_is_put_in_azures_units() -> None:
    body = deployment_body(SPEC, "westeurope", 3)
    inner = body["properties"]
    assert body["sku"]["capacity"] == 3
    assert inner["requestSettings"] == {
        "requestTimeout": "PT300S",
        "maxConcurrentRequestsPerInstance": 10,
        "maxQueueWait": "PT30S",
    }
    assert inner["livenessProbe"]["initialDelay"] == "PT10S"
    assert inner["readinessProbe"]["failureThreshold"] == Probe().failure_threshold


def test_an_endpoints_state_leaves_out_fields_of_the_platform() -> None:
    state = endpoint_state(SHOWN)
    assert state.identity == Identity("UserAssigned", USER, "p", "c")
    assert state.properties == {"kept": "1"}
    assert state.operation_url == "https://management.azure.com/op"
    assert not state.busy


def test_a_deployments_state_is_read_from_a_sparse_answer() -> None:
    shown = {"name": "blue", "properties": {"provisioningState": "Scaling", "properties": None}}
    state = deployment_state(shown)
    assert (state.instance_count, state.busy, state.operation_url) == (1, True, None)


def test_an_operation_without_a_final_status_still_runs() -> None:
    for status in ("Updating", "Creating", "InProgress", "Deleting"):
        assert operation_state({"status": status}, "", "").status == "running"
    assert operation_state({"status": "Succeeded"}, "", "") == OperationState("succeeded")
    assert operation_state({}, "", "") == OperationState("succeeded")
    failed = operation_state({"status": "Failed"}, "OutOfQuota", "No cores")
    assert failed == OperationState("failed", "OutOfQuota", "No cores")
    assert operation_state({"status": "Canceled"}, "x", "").code == "OperationCanceled"


def test_secrets_enforcement_goes_under_the_inner_properties_of_a_new_endpoint() -> None:
    enforced = {"enforce_access_to_default_secret_stores": "enabled"}
    spec = EndpointSpec("echo", "AADToken", properties=enforced, public_network_access="Disabled")
    inner = endpoint_body(spec, "westeurope", None)["properties"]
    assert inner["properties"] == enforced
    assert (inner["authMode"], inner["publicNetworkAccess"]) == ("AADToken", "Disabled")


@pytest.mark.parametrize(
    ("seconds", "duration"),
    [(0, "PT0S"), (5, "PT5S"), (0.5, "PT0.5S"), (1_000_000, "PT1000000S"), (1e9, "PT1000000000S")],
)
def test_a_duration_has_no_exponent(seconds: float, duration: str) -> None:
    spec = replace(SPEC, request_settings=RequestSettings(request_timeout=seconds))

    body = deployment_body(spec, "westeurope", 1)

    assert body["properties"]["requestSettings"]["requestTimeout"] == duration


def test_connections_without_a_key_are_listed_with_their_target() -> None:
    target = "/subscriptions/s/resourceGroups/g/providers/Microsoft.CognitiveServices/accounts/a"
    connections: list[dict[str, Any]] = [
        {"name": "keyed", "properties": {"authType": "ApiKey", "category": "AzureOpenAI"}},
        {
            "name": "keyless",
            "properties": {
                "authType": "AAD",
                "category": "AzureOpenAI",
                "metadata": {"ApiType": "Azure", "ResourceId": target},
            },
        },
        {"name": "silent", "properties": {"authType": "AAD", "category": "AIServices"}},
        {"name": "search", "properties": {"authType": "AAD", "category": "CognitiveSearch"}},
    ]

    assert keyless_targets(connections) == {"keyless": target, "silent": ""}
    shapes = connection_shapes(connections)
    assert shapes["keyless"] == ConnectionShape(
        "AzureOpenAI", frozenset({"ApiType", "ResourceId"}), keyless=True
    )
    assert shapes["keyed"] == ConnectionShape("AzureOpenAI")
