"""What is written is not seen by every reader at once, and PUTs take their time."""

import time
from collections.abc import Callable, Iterator

import pytest

from local import cloud
from local.azure_ml import definitions
from tests.local.azure_ml.client import ROLES, WS, Client


@pytest.fixture
def late(settings: Callable[..., None]) -> Iterator[None]:
    """The app sees for a minute what was before."""
    # Each page is a look of its own: a list is one look here.
    settings(visible_seconds={cloud.APP_PRINCIPAL: 60}, page_size=1000)
    yield
    settings(visible_seconds={}, put_seconds=0)


@pytest.mark.usefixtures("late")
def test_a_new_endpoint_is_seen_by_every_second_look_of_who_is_late_and_by_others_at_once(
    arm: Client, developer: Client, name: str
) -> None:
    begun = arm.put_endpoint(name)
    arm.ended(begun)
    path = f"onlineEndpoints/{name}"
    assert [arm.call("GET", path).status_code for _ in range(4)] == [404, 200, 404, 200]
    assert [developer.call("GET", path).status_code for _ in range(4)] == [200] * 4
    listed = [name in [it["name"] for it in arm.all("onlineEndpoints")] for _ in range(4)]
    assert sorted(listed) == [False, False, True, True]


@pytest.mark.usefixtures("late")
def test_rules_go_by_what_is_there(arm: Client, name: str) -> None:
    arm.ended(arm.put_endpoint(name))
    arm.ended(arm.put_deployment(name, "blue"))
    place = f"onlineEndpoints/{name}/deployments"
    seen = [[it["name"] for it in arm.all(place)] for _ in range(2)]
    assert seen == [[], ["blue"]]
    arm.ended(arm.call("DELETE", f"{place}/blue"))
    seen = [[it["name"] for it in arm.all(place)] for _ in range(2)]
    assert sorted(map(len, seen)) == [0, 0], "a minute ago there was none either"


@pytest.mark.usefixtures("late")
def test_a_role_assignment_is_seen_late(arm: Client) -> None:
    principal = "5a1d0c9e-0000-4000-8000-0000000000f7"
    name = "5a1d0c9e-0000-4000-8000-0000000000f8"
    assert arm.grant(WS, definitions.METRICS_WRITER.guid, principal, name).status_code == 201
    place = f"{WS}/providers/Microsoft.Authorization/roleAssignments"
    only = {"$filter": f"principalId eq '{principal}'"}
    assert [len(arm.all(place, version=ROLES, **only)) for _ in range(4)] == [0, 1, 0, 1]


def test_a_slow_put_is_carried_out_before_it_is_answered(
    arm: Client, name: str, settings: Callable[..., None]
) -> None:
    settings(put_seconds=0.5)
    began = time.monotonic()
    begun = arm.put_endpoint(name)
    assert time.monotonic() - began >= 0.5
    settings(put_seconds=0)
    assert begun.status_code == 201
    assert begun.json()["properties"]["provisioningState"] == "Creating"
    assert arm.ended(begun)["status"] == "Succeeded"
