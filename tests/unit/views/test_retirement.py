"""The view of deployments that are hit by the retirement of prompt flow, on the fakes."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from shared.domain.azure.endpoint import DeploymentState
from shared.domain.kinds.prompt_flow.model import DEFAULT_IMAGE
from shared.domain.kinds.prompt_flow.server import BASE_IMAGE
from shared.domain.manifest.environment_reference import RegisteredEnvironment
from shared.domain.release.retirement import days_left, owner_of, what_retires
from shared.steps.views.retirement import list_retiring
from tests.fakes.world import FLOW as FLOW_FILE
from tests.fakes.world import World, package

OWN = "crdemo.azurecr.io/flows/runtime:2026-11"
FLOW = {"PROMPTFLOW_RUN_MODE": "serving"}
RETIRED = f"{FLOW_FILE}environment: {{image: {DEFAULT_IMAGE}}}\n"


def _foreign(world: World, name: str, **given: Any) -> None:
    """Put a deployment beside Sluice's, as somebody else would make it."""
    there = world.workspace.there
    facts = world.workspace.facts()
    image = given.pop("image", None)
    version = f"{facts.id}/environments/theirs/versions/{name}"
    if image is not None:
        there.registered["theirs", name] = RegisteredEnvironment(version, image, serves=True)
    there.deployments["hello", name] = DeploymentState(
        name=name,
        provisioning_state="Succeeded",
        model=f"{facts.id}/models/theirs/versions/1",
        environment=version,
        instance_type="Standard_DS3_v2",
        instance_count=1,
        **given,
    )


def test_each_deployment_that_is_hit_is_listed_with_what_to_do(world: World):
    ours = world.deploy(content=package(flow=RETIRED))["deployment"]
    _foreign(world, "theirs-retired", image=DEFAULT_IMAGE, tags={"Owner": "ann"})
    _foreign(world, "theirs-flow", image=OWN, environment_variables=FLOW)
    _foreign(world, "theirs-built", environment_variables=FLOW)
    _foreign(world, "theirs-script", image="mcr.microsoft.com/azureml/inference:1")
    _foreign(world, "theirs-elsewhere")

    shown = list_retiring(world.ports)

    assert shown["checked"] == 6
    assert shown["retires_on"] == "2027-04-20"
    listed = {it["deployment"]: it for it in shown["deployments"]}
    assert list(listed) == [ours, "theirs-retired", "theirs-built", "theirs-flow"]
    assert listed[ours]["runs"] == listed["theirs-retired"]["runs"] == "retired image"
    assert listed[ours]["traffic"] == 100
    assert listed[ours]["made_by_sluice"]
    assert "Drop the flow again" in listed[ours]["remedy"]
    assert listed["theirs-retired"]["owner"] == "ann"
    assert "update the deployment" in listed["theirs-retired"]["remedy"]
    assert listed["theirs-flow"]["runs"] == "prompt flow"
    assert listed["theirs-built"]["runs"] == "prompt flow, image not known"
    assert "theirs:theirs-built" in listed["theirs-built"]["remedy"]
    assert listed["theirs-built"]["image"] is None


def test_an_image_that_azure_built_over_the_retired_one_is_known_from_the_release(world: World):
    world.deploy(content=package(flow=RETIRED, requirements__txt="flask\n"))
    for key, known in world.workspace.there.registered.items():
        world.workspace.there.registered[key] = replace(known, image="")

    [shown] = list_retiring(world.ports)["deployments"]

    assert (shown["runs"], shown["image"]) == ("retired image", DEFAULT_IMAGE)


def test_a_flow_on_a_maintained_image_goes_on_without_fixes(world: World):
    world.deploy(content=package(requirements__txt="flask\n"))

    [shown] = list_retiring(world.ports)["deployments"]

    assert (shown["runs"], shown["image"]) == ("prompt flow", BASE_IMAGE)
    assert "goes on to run" in shown["remedy"]
    assert "plan to move" in shown["remedy"]


@pytest.mark.parametrize(
    ("image", "variables", "flow", "runs"),
    [
        (f"{DEFAULT_IMAGE}", {}, False, "retired image"),
        (DEFAULT_IMAGE.replace("runtime:latest", "runtime-stable:1"), {}, False, "retired image"),
        (OWN, {}, True, "prompt flow"),
        (OWN, FLOW, False, "prompt flow"),
        ("", {"PRT_CONFIG_OVERRIDE": "a=b"}, False, "prompt flow, image not known"),
        (OWN, {"OTHER": "1"}, False, None),
        ("", {}, False, None),
    ],
)
def test_what_retires_is_told_by_image_and_variables(
    image: str, variables: dict[str, str], flow: bool, runs: str | None
):
    assert what_retires(image, variables, flow=flow) == runs


def test_days_are_counted_to_the_day_and_not_below_zero():
    assert days_left(date(2027, 4, 19)) == 1
    assert days_left(date(2027, 4, 21)) == 0


def test_the_deployments_own_tag_goes_before_the_endpoints():
    assert owner_of({"owner": "ann"}, {"OWNER": "bob"}) == "ann"
    assert owner_of({}, {"OWNER": "bob"}) == "bob"
    assert owner_of({"team": "x"}) is None
