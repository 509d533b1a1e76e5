"""The views of endpoints, on the fakes."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from pydantic import ValidationError

from shared.domain.access.roles import CONNECTION_SECRETS_READER
from shared.domain.azure.endpoint import EndpointSpec
from shared.domain.azure.links import endpoint_links
from shared.domain.failure import Denied
from shared.domain.identifiers.names import EndpointName
from shared.domain.requests.hold import Hold
from shared.domain.requests.source import RemovalSource
from shared.steps.drift import find_drift
from shared.steps.remove.removal import accept_removal
from shared.steps.views.consume import describe_consume
from shared.steps.views.endpoints import describe_endpoint, list_endpoints
from tests.fakes.world import World, package


def _view_endpoint(world: World, name: str = "hello") -> dict[str, Any]:
    shown = describe_endpoint(world.ports, EndpointName(name))
    assert shown is not None
    return shown


def _change(world: World, **given: Any) -> None:
    """Change the one deployment of `hello` by hand."""
    ((key, state),) = world.workspace.there.deployments.items()
    world.workspace.there.deployments[key] = replace(state, **given)


def test_an_endpoint_is_shown_with_what_serves_and_who_released_it(world: World):
    result = world.deploy()

    shown = _view_endpoint(world)

    assert shown["state"] == "Succeeded"
    assert shown["made_by_sluice"]
    assert shown["traffic"] == {result["deployment"]: 100}
    (deployment,) = shown["deployments"]
    assert deployment["digest"] == result["digest"]
    assert deployment["job"] == result["job"]
    assert deployment["traffic"] == 100
    assert shown["revisions"][0] | {"at": "", "path": ""} == {
        "job": result["job"],
        "digest": result["digest"],
        "deployment": result["deployment"],
        "at": "",
        "door": "blob",
        "by": "",
        "path": "",
    }
    assert shown["drift"] == []


def test_roles_are_granted_or_missing_with_the_command_that_grants_them(world: World):
    world.deploy()
    assert [it["role"] for it in _view_endpoint(world)["roles"]["granted"]] == [
        CONNECTION_SECRETS_READER.name
    ]

    world.roles._assignments.clear()

    (missing,) = _view_endpoint(world)["roles"]["missing"]
    assert missing["role"] == CONNECTION_SECRETS_READER.name
    assert "az role assignment create" in missing["command"]


def test_roles_that_cannot_be_read_hide_nothing_else(world: World):
    world.deploy()
    world.roles.fail("assignments", Denied("AuthorizationFailed", "no", status=403))

    shown = _view_endpoint(world)

    assert "AuthorizationFailed" in shown["roles"]["unknown"]
    assert shown["state"] == "Succeeded"


@pytest.mark.parametrize(
    ("change", "what"),
    [
        ({"model": "/models/hello/versions/other"}, "model"),
        ({"instance_count": 7}, "instance_count"),
        ({"instance_type": "Standard_E4s_v3"}, "instance_type"),
        ({"provisioning_state": "Failed"}, "deployment"),
    ],
)
def test_manual_changes_are_drift(world: World, change: dict[str, Any], what: str):
    world.deploy(content=package(deploy__yaml="deployment:\n  instance_count: 2\n"))
    _change(world, **change)

    (drift,) = _view_endpoint(world)["drift"]

    assert drift["what"].startswith(what)
    assert drift["asked"] != drift["found"]


def test_an_instance_count_not_in_the_manifest_is_not_drift(world: World):
    world.deploy()
    _change(world, instance_count=7)

    assert _view_endpoint(world)["drift"] == []


def test_moved_traffic_and_a_deployment_that_is_gone_are_drift(world: World):
    name = world.deploy()["deployment"]
    endpoint = world.workspace.there.endpoints["hello"]
    world.workspace.there.endpoints["hello"] = replace(endpoint, traffic={})
    world.workspace.there.deployments.clear()

    found = {it["what"]: it for it in _view_endpoint(world)["drift"]}

    assert found["traffic"]["asked"] == {name: 100}
    assert found["traffic"]["found"] == {}
    assert found[f"deployment {name}"]["found"] == "gone"


def test_an_endpoint_that_is_gone_is_shown_with_its_revisions(world: World):
    result = world.deploy()
    source = RemovalSource(endpoint="hello", key="k")
    world.engine.run(accept_removal(world.ports, source, door="http").job)

    shown = _view_endpoint(world)

    assert shown["state"] == "gone"
    assert [it["what"] for it in shown["drift"]] == ["endpoint"]
    assert [it["digest"] for it in shown["revisions"]] == [result["digest"]]


def test_all_endpoints_are_listed_including_those_of_others(world: World):
    world.deploy()
    world.workspace.put_endpoint(EndpointSpec("theirs"))

    assert [(it["name"], it["made_by_sluice"]) for it in list_endpoints(world.ports)] == [
        ("hello", True),
        ("theirs", False),
    ]
    assert _view_endpoint(world, "theirs")["roles"] is None


@pytest.mark.parametrize("name", ["a/../b", "..", "x%2Fy", "", "a" * 33])
def test_an_invalid_name_starts_no_removal(name: str):
    asked: list[dict[str, Any]] = [
        {"endpoint": name},
        {"endpoint": "hello", "deployment": name},
    ]
    for given in asked:
        with pytest.raises(ValidationError, match="cannot name"):
            RemovalSource(key="k", **given)


def test_an_endpoint_that_never_existed_is_not_found(world: World):
    assert describe_endpoint(world.ports, EndpointName("nobody")) is None
    assert describe_consume(world.ports, EndpointName("nobody")) is None


def test_links_lead_to_studio_and_portal_of_the_right_tenant():
    links = endpoint_links("hello", workspace_id="/subscriptions/s/w", tenant_id="t-1")

    assert links == {
        "studio": (
            "https://ml.azure.com/endpoints/realtime/hello/detail?wsid=/subscriptions/s/w&tid=t-1"
        ),
        "portal": (
            "https://portal.azure.com/#@t-1/resource/subscriptions/s/w/onlineEndpoints/hello/"
            "overview"
        ),
        "metrics": (
            "https://portal.azure.com/#@t-1/resource/subscriptions/s/w/onlineEndpoints/hello/"
            "metrics"
        ),
    }


def test_the_result_has_what_a_caller_needs(world: World):
    result = world.deploy()
    place = world.workspace.facts().id

    assert result["swagger_uri"] == "https://hello.westeurope.inference.ml.azure.com/swagger.json"
    assert result["auth_mode"] == "Key"
    assert (
        "--name hello --resource-group sluice-rg --workspace-name sluice-ws"
        in (result["credential"])
    )
    assert result["scoring_uri"] in result["curl"]
    assert result["consume"] == "/api/endpoints/hello/consume"
    assert place in result["links"]["studio"]


def test_the_list_says_which_endpoints_are_held(world: World):
    world.deploy("hello")
    world.deploy("other")
    hold = Hold(at="2026-01-01T00:00:00Z", by="Ann", job="j")
    world.ledger.set_hold("other", hold, over=None)

    shown = {it["name"]: it["hold"] for it in list_endpoints(world.ports)}

    assert shown == {"hello": None, "other": hold.model_dump()}


@pytest.mark.parametrize(
    ("told", "since"),
    [
        ([], None),
        (["another"], None),
        (["seen"], "2026-01-02T00:00:00.000000Z"),
        (["another", "seen, held"], "2026-01-02T00:00:00.000000Z"),
    ],
    ids=["seen once", "of another drift", "of this one", "of this one while it is held"],
)
def test_the_list_tells_drift_once_the_sweep_has_told_of_it(
    world: World, told: list[str], since: str | None
):
    world.deploy()
    (listed,) = list_endpoints(world.ports)
    assert listed["drift_since"] is None
    mark = {"seen": "seen", "since": "2026-01-02T00:00:00.000000Z", "told": told}
    world.ledger.record_drift({"at": "2026-01-03T00:00:00.000000Z", "marks": {"hello": mark}})
    (listed,) = list_endpoints(world.ports)
    assert listed["drift_since"] == since


def test_the_list_and_the_sweep_agree_on_drift(world: World):
    world.deploy()
    _change(world, instance_type="Standard_F4s_v2")
    world.ports = replace(world.ports, drift_every=1.0)
    for _ in range(2):
        find_drift(world.ports)
        world.clock.now += timedelta(seconds=60)
    (listed,) = list_endpoints(world.ports)
    assert listed["drift_since"] is not None
