"""Paging of lists, and unsupported api-versions."""

from collections.abc import Callable

import pytest

from local import cloud
from tests.local.azure_ml.client import REGION, ROLES, WS, Client, error


def test_lists_have_pages_of_three_and_azures_next_links(arm: Client) -> None:
    read = arm.pages(f"{REGION}/vmSizes")
    link = arm.get(f"{REGION}/vmSizes")["nextLink"]

    assert {len(one) for one in read[:-1]} == {3}
    assert 1 <= len(read[-1]) <= 3
    names = [item["name"] for one in read for item in one]
    assert len(names) == len(set(names)) > 3
    assert link.startswith(f"https://Management.Azure.com:443{REGION}/vmSizes?")
    assert "api-version=2025-12-01" in link


def test_next_links_repeat_the_filter(developer: Client, arm: Client) -> None:
    principal = "5a1d0c9e-0000-4000-8000-0000000000f1"
    reader = "acdd72a7-3385-48ef-bd42-f606fba81ae7"
    for number in range(4):
        scope = f"{WS}/connections/paged-{number}"
        name = f"5a1d0c9e-0000-4000-8000-0000000a000{number}"
        assert developer.grant(scope, reader, principal, name).status_code == 201
    place = f"{WS}/providers/Microsoft.Authorization/roleAssignments"

    only = {"$filter": f"principalId eq '{principal}'"}

    assert [len(one) for one in arm.pages(place, version=ROLES, **only)] == [3, 1]
    assert "$skipToken=" in arm.get(place, version=ROLES, **only)["nextLink"]


def test_page_size_and_link_host_can_be_set(arm: Client, settings: Callable[..., None]) -> None:
    settings(page_size=1000, link_host="management.azure.com")
    whole = arm.get(f"{REGION}/vmSizes")
    settings(page_size=2)
    first = arm.get(f"{REGION}/vmSizes")

    assert "nextLink" not in whole
    assert first["nextLink"].startswith(f"https://management.azure.com{REGION}/vmSizes?")
    assert arm.all(f"{REGION}/vmSizes") == whole["value"]


@pytest.mark.parametrize(
    ("path", "version", "code"),
    [
        (WS, "2025-12-02", "NoRegisteredProviderFound"),
        (f"{WS}/onlineEndpoints", "2019-11-01", "NoRegisteredProviderFound"),
        (f"{WS}/onlineEndpoints/one/deployments", "2025-13-01", "NoRegisteredProviderFound"),
        (f"{WS}/onlineEndpoints", "latest", "InvalidApiVersionParameter"),
        (f"{REGION}/usages", "2031-01-01", "NoRegisteredProviderFound"),
        (
            f"{WS}/providers/Microsoft.Authorization/roleAssignments",
            "2025-12-01",
            "NoRegisteredProviderFound",
        ),
        (cloud.USER_IDENTITY_ID, "2025-12-01", "NoRegisteredProviderFound"),
    ],
)
def test_unsupported_api_version_is_refused(
    arm: Client, path: str, version: str, code: str
) -> None:
    answer = arm.call("GET", path, version=version)
    assert (answer.status_code, error(answer)) == (400, code)
    assert version in answer.json()["error"]["message"]
