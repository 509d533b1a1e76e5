"""Quota with the 20 % reserve, usage, VM sizes."""

import json
from collections.abc import Callable

import requests

from tests.local.azure_ml.client import REGION, Client

FAMILY = "standardESv3Family"
SIZE = "Standard_E4s_v3"


def usage(arm: Client) -> tuple[int, int]:
    value = arm.all(f"{REGION}/usages")
    one = next(one for one in value if one["name"]["value"] == FAMILY)
    assert one["type"].endswith("vmFamily/usages")
    return one["currentValue"], one["limit"]


def test_quota_counts_a_20_percent_reserve_and_failed_deployments(
    arm: Client, endpoint: str, settings: Callable[..., None]
) -> None:
    settings(quota={FAMILY: 12})
    begun = arm.put_deployment(endpoint, "blue", size=SIZE)
    assert arm.ended(begun)["status"] == "Succeeded"
    assert usage(arm) == (8, 12), "one instance of 4 cores needs 8 with the reserve"

    refused = arm.put_deployment(endpoint, "green", size=SIZE)
    (detail,) = refused.json()["error"]["details"]
    assert (refused.status_code, refused.json()["error"]["code"]) == (400, "BadRequest")
    assert detail["code"] == "InferencingClientCreateDeploymentFailed"
    text, _, inside = detail["message"].partition("{")
    assert text == "InferencingClient HttpRequest error, error detail: "
    (reason,) = json.loads("{" + inside)["errors"]["VmSize"]
    assert "Current usage/limit: 8/12. Additional needed: 8" in reason
    assert usage(arm) == (8, 12), "what is refused is not there"

    settings(quota={FAMILY: 16})
    rule = {"operation": "deployment", "error": {"code": "ResourceNotReady"}}
    requests.post(f"{arm.facts.admin_url}/faults", json=rule, timeout=60)
    assert arm.ended(arm.put_deployment(endpoint, "green", size=SIZE))["status"] == "Failed"
    assert usage(arm) == (16, 16)

    arm.ended(arm.call("DELETE", f"onlineEndpoints/{endpoint}/deployments/green"))
    assert usage(arm) == (8, 16)
    settings(quota={FAMILY: -1})
    assert arm.ended(arm.put_deployment(endpoint, "green", size=SIZE))["status"] == "Succeeded"


def test_vm_sizes_have_family_and_cores(arm: Client) -> None:
    value = arm.all(f"{REGION}/vmSizes")
    one = next(one for one in value if one["name"] == SIZE)
    assert (one["family"], one["vCPUs"], one["memoryGB"]) == (FAMILY, 4, 32)
    quotas = arm.all(f"{REGION}/quotas")
    assert FAMILY in [one["name"]["value"] for one in quotas]
