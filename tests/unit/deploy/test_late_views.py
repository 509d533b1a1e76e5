"""Every second read from Azure is some activities old; jobs still end as they should."""

from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest

from shared.domain.azure.endpoint import DeploymentState, EndpointState
from shared.domain.failure import Refused
from shared.steps.deploy.visibility import VISIBLE_WITHIN
from tests.fakes.world import World, package
from tests.unit.remove.test_removal import remove

ONCE = ["put_endpoint", "put_deployment", "set_traffic"]


@contextmanager
def stale_reads(world: World, activities: int) -> Iterator[None]:
    """Alternate between stale reads, so many activities old, and current ones."""
    there, workspace = world.workspace.there, world.workspace
    past: deque[tuple[dict[str, Any], dict[Any, Any]]] = deque(maxlen=activities)
    looks = 0

    def before(name: str, given: Any) -> None:
        del name, given
        workspace.operations.tick()
        past.append((dict(there.endpoints), dict(there.deployments)))

    def view() -> tuple[dict[str, EndpointState], dict[tuple[str, str], DeploymentState]]:
        nonlocal looks
        looks += 1
        return past[0] if looks % 2 else (there.endpoints, there.deployments)

    def endpoint(name: str) -> EndpointState | None:
        return view()[0].get(name)

    def deployments(name: str) -> tuple[DeploymentState, ...]:
        return tuple(it for key, it in view()[1].items() if key[0] == name)

    world.engine.before = before
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(workspace, "endpoint", endpoint)
        patch.setattr(workspace, "deployments", deployments)
        yield
    world.engine.before = None


@pytest.fixture(params=[2, 3, 5])
def activities(request: pytest.FixtureRequest) -> int:
    return int(request.param)


@pytest.fixture(params=[False, True], ids=["told", "untold"])
def world(request: pytest.FixtureRequest, make: Callable[..., World]) -> World:
    """A world whose status URLs answer, or do not."""
    made = make()
    made.workspace.operations.mute = request.param
    return made


def _written(world: World) -> list[str]:
    return [it[0] for it in world.workspace.writes]


def test_with_stale_reads_nothing_is_written_twice(world: World, activities: int):
    with stale_reads(world, activities):
        assert world.deploy()["outcome"] == "succeeded"
    assert _written(world) == ONCE
    assert set(world.roles.writes) == set(dict.fromkeys(world.roles.writes))


def test_with_stale_reads_the_next_release_takes_over(world: World, activities: int):
    with stale_reads(world, activities):
        first = world.deploy()["deployment"]
        result = world.deploy(content=package("# next\n"))
    assert result["outcome"] == "succeeded"
    assert world.traffic() == {result["deployment"]: 100}
    assert result["deployment"] != first
    assert _written(world).count("put_deployment") == 2
    assert _written(world).count("put_endpoint") == 1


def test_with_stale_reads_a_failure_after_the_move_puts_the_traffic_back(
    world: World, activities: int
):
    with stale_reads(world, activities):
        first = world.deploy()["deployment"]
        count = len(world.scoring.calls)

        def broken(name: str, given: Any) -> None:
            del name
            if given.get("kind") == "verify":
                world.scoring.fail("score", Refused("BadRequest", "no", status=400), times=1)

        inner = world.engine.before
        assert inner is not None

        def both(name: str, given: Any) -> None:
            inner(name, given)
            broken(name, given)

        world.engine.before = both
        result = world.deploy(content=package("# broken\n"))
    assert count
    assert result["outcome"] == "rolled back"
    assert world.traffic() == {first: 100}
    assert [it.name for it in world.workspace.deployments("hello")] == [first]


def test_with_stale_reads_a_failed_first_release_leaves_no_deployment(
    world: World, activities: int
):
    with stale_reads(world, activities):
        world.workspace.fail_deployment("ResourceNotReady")
        assert world.deploy()["outcome"] == "failed"
    assert world.workspace.deployments("hello") == ()


def test_with_stale_reads_a_failed_endpoint_is_created_again(world: World, activities: int):
    with stale_reads(world, activities):
        world.workspace.fail_endpoint("InternalServerError")
        assert world.deploy()["outcome"] == "failed"
        assert world.deploy(content=package("# again\n"))["outcome"] == "succeeded"
    assert _written(world).count("delete_endpoint") == 1
    assert _written(world).count("put_endpoint") == 2


def test_with_stale_reads_a_new_endpoint_can_be_removed(world: World, activities: int):
    with stale_reads(world, activities):
        assert world.deploy()["outcome"] == "succeeded"
        assert remove(world)["outcome"] == "succeeded"
    assert world.workspace.endpoint("hello") is None
    assert _written(world).count("delete_endpoint") == 1


def test_with_stale_reads_a_deployment_replaced_in_place_is_restored(world: World, activities: int):
    manifest = "deployment: {name: blue, environment_variables: {SAID: %s}}\n"
    with stale_reads(world, activities):
        result = world.deploy(content=package(deploy__yaml=manifest % "one"))
        assert result["outcome"] == "succeeded"
        tags = world.workspace.there.deployments["hello", "blue"].tags
        broken = Refused("BadRequest", "no", status=424)
        world.scoring.fail("score", broken, times=1)
        result = world.deploy(content=package(deploy__yaml=manifest % "two"))
    assert result["outcome"] == "rolled back"
    assert world.workspace.there.deployments["hello", "blue"].tags == tags


@pytest.mark.parametrize("lag", [1, 2, 3, 4])
def test_a_failed_deployment_is_deleted_even_if_it_still_shows_as_updating(world: World, lag: int):
    """Undo must not take the failure of the work that it undoes for its own.

    Nor does it wait to confirm that failure.
    """
    first = world.deploy()["deployment"]
    real, looks = world.workspace.deployments, 0

    def deployments(name: str) -> tuple[DeploymentState, ...]:
        nonlocal looks
        looks += 1
        states = real(name)
        if looks > lag:
            return states
        return tuple(
            replace(it, provisioning_state="Creating") if it.name != first else it for it in states
        )

    def undoing(name: str, given: Any) -> None:
        nonlocal looks
        if name != "publish" and given["key"] == "undo-0" and given["tries"] == 1:
            looks = 0

    world.workspace.fail_deployment("ResourceNotReady")
    world.engine.before = undoing
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(world.workspace, "deployments", deployments)
        looks = lag
        result = world.deploy(content=package("# crashes\n"))
    assert result["outcome"] == "failed"
    assert [it.name for it in real("hello")] == [first], result["warnings"]
    notes = world.ledger.timeline(result["job"])
    at = [datetime.fromisoformat(it["at"]) for it in notes if it["key"] == "undo-0"]
    assert max(at) - min(at) < VISIBLE_WITHIN


def test_an_endpoint_that_a_reader_misses_gets_its_traffic_a_look_later(world: World):
    missing = Refused("ResourceNotFound", "The endpoint was not found.", status=404)
    world.workspace.fail("set_traffic", missing, times=2)
    assert world.deploy()["outcome"] == "succeeded"


def test_an_endpoint_that_stays_missing_fails_its_job(world: World):
    missing = Refused("ResourceNotFound", "The endpoint was not found.", status=404)
    world.workspace.fail("set_traffic", missing, times=1000)
    assert world.deploy()["outcome"] == "failed"
