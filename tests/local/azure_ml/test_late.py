"""Late readers, and slow PUTs."""

import time
from collections.abc import Callable, Iterator

import pytest

from local import cloud
from local.azure_ml import definitions
from tests.local.azure_ml.client import ROLES, WS, Client


@pytest.fixture
def late(settings: Callable[..., None]) -> Iterator[None]:
    """Make the app see earlier state for a minute."""
    # Each page is a look of its own: a list is one look here.
    settings(visible_seconds={cloud.APP_PRINCIPAL: 60}, page_size=1000)
    yield
    settings(visible_seconds={}, put_seconds=0)


@pytest.mark.usefixtures("late")
def test_late_reader_sees_a_new_endpoint_every_second_read_and_others_at_once(
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
def test_checks_use_the_current_state_not_the_late_view(arm: Client, name: str) -> None:
    arm.ended(arm.put_endpoint(name))
    arm.ended(arm.put_deployment(name, "blue"))
    place = f"onlineEndpoints/{name}/deployments"
    seen = [[it["name"] for it in arm.all(place)] for _ in range(2)]
    assert seen == [[], ["blue"]]
    arm.ended(arm.call("DELETE", f"{place}/blue"))
    seen = [[it["name"] for it in arm.all(place)] for _ in range(2)]
    assert sorted(map(len, seen)) == [0, 0], "a minute ago there was none either"


@pytest.mark.usefixtures("late")
def test_late_reader_sees_a_role_assignment_late(arm: Client) -> None:
    principal = "5a1d0c9e-0000-4000-8000-0000000000f7"
    name = "5a1d0c9e-0000-4000-8000-0000000000f8"
    assert arm.grant(WS, definitions.METRICS_WRITER.guid, principal, name).status_code == 201
    place = f"{WS}/providers/Microsoft.Authorization/roleAssignments"
    only = {"$filter": f"principalId eq '{principal}'"}
    assert [len(arm.all(place, version=ROLES, **only)) for _ in range(4)] == [0, 1, 0, 1]


def test_slow_put_takes_effect_before_its_answer(
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
