"""Quota with the reserve of a fifth, usage, sizes."""

from collections.abc import Callable

from tests.local.azure_ml.client import REGION, Client

FAMILY = "standardESv3Family"
SIZE = "Standard_E4s_v3"


def usage(arm: Client) -> tuple[int, int]:
    value = arm.all(f"{REGION}/usages")
    one = next(one for one in value if one["name"]["value"] == FAMILY)
    assert one["type"].endswith("vmFamily/usages")
    return one["currentValue"], one["limit"]


def test_a_fifth_more_instances_count_and_failed_deployments_hold_their_quota(
    arm: Client, endpoint: str, settings: Callable[..., None]
) -> None:
    settings(quota={FAMILY: 12})
    begun = arm.put_deployment(endpoint, "blue", size=SIZE)
    assert arm.ended(begun)["status"] == "Succeeded"
    assert usage(arm) == (8, 12), "one instance of 4 cores needs 8 with the reserve"

    status = arm.ended(arm.put_deployment(endpoint, "green", size=SIZE))
    assert (status["status"], status["error"]["code"]) == ("Failed", "OutOfQuota")
    assert usage(arm) == (16, 12)

    arm.ended(arm.call("DELETE", f"onlineEndpoints/{endpoint}/deployments/green"))
    assert usage(arm) == (8, 12)
    settings(quota={FAMILY: -1})
    assert arm.ended(arm.put_deployment(endpoint, "green", size=SIZE))["status"] == "Succeeded"


def test_sizes_tell_family_and_cores(arm: Client) -> None:
    value = arm.all(f"{REGION}/vmSizes")
    one = next(one for one in value if one["name"] == SIZE)
    assert (one["family"], one["vCPUs"], one["memoryGB"]) == (FAMILY, 4, 32)
    quotas = arm.all(f"{REGION}/quotas")
    assert FAMILY in [one["name"]["value"] for one in quotas]
