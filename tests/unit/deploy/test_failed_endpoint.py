"""An endpoint whose creation failed, on the fakes."""

from collections.abc import Callable
from dataclasses import replace

from shared.domain.release.release import JOB_TAG
from tests.fakes.world import World, package


def failed(world: World) -> str:
    """An endpoint whose creation failed in the first drop."""
    world.workspace.fail_endpoint("InternalServerError")
    assert world.deploy()["outcome"] == "failed"
    state = world.workspace.endpoint("hello")
    assert state is not None
    assert state.provisioning_state == "Failed"
    return state.name


def test_an_endpoint_whose_creation_by_sluice_failed_is_created_again(make: Callable[..., World]):
    world = make()
    failed(world)

    result = world.deploy(content=package("# again"))

    writes = [name for name, *_ in world.workspace.writes]
    assert result["outcome"] == "succeeded"
    assert writes[:3] == ["put_endpoint", "delete_endpoint", "put_endpoint"]
    assert {"kind": "endpoint", "name": "hello"} in result["removed"]
    assert world.traffic() == {result["deployment"]: 100}


def test_the_recreated_endpoints_identity_gets_the_roles(make: Callable[..., World]):
    world = make()
    world.scoring.needs_connection = True
    failed(world)

    assert world.deploy(content=package("# again"))["outcome"] == "succeeded"


def test_a_failed_endpoint_of_others_is_reported_with_the_command(make: Callable[..., World]):
    world = make()
    name = failed(world)
    state = world.workspace.there.endpoints[name]
    others = {key: value for key, value in state.tags.items() if key != JOB_TAG}
    world.workspace.there.endpoints[name] = replace(state, tags=others)

    result = world.deploy(content=package("# again"))

    assert result["outcome"] == "failed"
    assert "Azure takes no deployment for it" in result["diagnosis"]["cause"]
    assert "sluice delete" in result["diagnosis"]["remedy"]
    assert "delete_endpoint" not in [name for name, *_ in world.workspace.writes]


def test_a_failed_change_of_a_serving_endpoint_deletes_nothing(make: Callable[..., World]):
    world = make()
    first = world.deploy()["deployment"]
    state = world.workspace.there.endpoints["hello"]
    world.workspace.there.endpoints["hello"] = replace(state, provisioning_state="Failed")

    result = world.deploy(content=package("# again"))

    assert result["outcome"] == "succeeded"
    assert "delete_endpoint" not in [name for name, *_ in world.workspace.writes]
    assert first != result["deployment"]
