"""A deployment with a fixed name: created, replaced in place, restored."""

from dataclasses import replace

from shared.domain.planning.step import to_json
from shared.domain.release.release import ASKED_TAG
from shared.steps.deploy.planning import kept_plan
from shared.steps.views.jobs import describe_job
from tests.fakes.world import World, package
from tests.unit.deploy.shown import FIXED, spec_of, titles


def test_a_fixed_name_names_the_deployment(world: World):
    result = world.deploy(content=package(deploy__yaml=FIXED))

    assert result["deployment"] == "blue"
    assert "Create deployment blue" in titles(world)


def test_the_same_release_under_a_fixed_name_is_unchanged(world: World):
    world.deploy(content=package(deploy__yaml=FIXED))

    assert world.deploy(content=package(deploy__yaml=FIXED))["outcome"] == "unchanged"


def test_a_fixed_name_that_exists_is_replaced_in_place_and_the_plan_says_so(world: World):
    world.deploy(content=package(deploy__yaml=FIXED))
    old = spec_of(world, "blue").model

    result = world.deploy(content=package("# new\n", deploy__yaml=FIXED))

    assert result["outcome"] == "succeeded", result
    assert "Replace deployment blue in place" in titles(world)
    assert spec_of(world, "blue").model != old
    assert [it.name for it in world.workspace.deployments("hello")] == ["blue"]


def test_a_replacement_that_fails_its_test_is_put_back_as_it_was(world: World):
    world.deploy(content=package(deploy__yaml=FIXED))
    old = spec_of(world, "blue")
    world.scoring.answer(424, {"error": {"message": "boom"}})

    result = world.deploy(content=package("# new\n", deploy__yaml=FIXED))

    assert result["outcome"] == "rolled back", result
    assert spec_of(world, "blue") == old
    assert world.traffic() == {"blue": 100}


def test_a_replacement_that_does_not_start_is_put_back_as_it_was(world: World):
    world.deploy(content=package(deploy__yaml=FIXED))
    old = spec_of(world, "blue")
    world.workspace.fail_deployment("ResourceNotReady")

    result = world.deploy(content=package("# new\n", deploy__yaml=FIXED))

    assert result["outcome"] == "rolled back", result
    assert spec_of(world, "blue") == old
    assert world.workspace.deployments("hello")[0].provisioning_state == "Succeeded"


def test_a_replaced_deployment_that_cannot_be_restored_is_reported(world: World):
    world.deploy(content=package(deploy__yaml=FIXED))
    there = world.workspace.there.deployments
    there["hello", "blue"] = replace(there["hello", "blue"], provisioning_state="Failed")
    world.scoring.answer(424, {"error": {"message": "boom"}})

    result = world.deploy(content=package("# new\n", deploy__yaml=FIXED))

    assert any("nothing to put back" in warning for warning in result["warnings"])


def test_a_deployment_of_others_with_that_name_is_replaced_in_place(world: World):
    world.deploy(content=package(deploy__yaml=FIXED))
    there = world.workspace.there
    key = ("hello", "blue")
    there.deployments[key] = replace(there.deployments[key], tags={})
    there.specs[key] = replace(there.specs[key], tags={})

    result = world.deploy(content=package("# new\n", deploy__yaml=FIXED))

    assert result["outcome"] == "succeeded", result
    assert "Replace deployment blue in place, which Sluice did not make" in titles(world)


def test_two_alternating_fixed_names_deploy_side_by_side(world: World):
    world.deploy(content=package(deploy__yaml=FIXED))
    green = "deployment: {name: green}\n"

    world.deploy(content=package("# new\n", deploy__yaml=green))

    assert world.traffic() == {"green": 100}
    assert {it.name for it in world.workspace.deployments("hello")} == {"blue", "green"}


def test_the_record_of_a_replaced_deployment_is_not_shown(world: World):
    world.deploy(content=package(deploy__yaml=FIXED))
    result = world.deploy(content=package("# new\n", deploy__yaml=FIXED))

    made, shown = kept_plan(world.ports, result["job"]), describe_job(world.ports, result["job"])

    assert made is not None
    assert to_json(made)["prior"]["replaced"]["tags"][ASKED_TAG]
    assert shown is not None
    assert shown["plan"]["prior"]["replaced"] is None
