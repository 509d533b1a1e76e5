"""An endpoint while jobs change it or wait for it: what is in progress is not drift."""

from dataclasses import replace
from typing import Any

import pytest

from shared.domain.access.caller import NOBODY
from shared.domain.identifiers.names import EndpointName
from shared.steps.intake.doors import accept_drop
from shared.steps.rollback.rollback import roll_back
from shared.steps.views.endpoints import describe_endpoint
from shared.steps.views.jobs import describe_job
from tests.fakes.engine import run_until
from tests.fakes.world import World, package

HELLO = EndpointName("hello")
CANARY = "rollout: {strategy: canary, percent: 10, bake: PT10M}\n"


def view(world: World) -> dict[str, Any]:
    shown = describe_endpoint(world.ports, HELLO)
    assert shown is not None
    return shown


def until(world: World, job: str, kind: str) -> None:
    """Run the job until the second look of its step of that kind."""
    run_until(
        world.ports,
        world.clock,
        job,
        lambda _, given: given.get("kind") == kind and given["tries"] > 1,
    )


def drop(world: World, more: str) -> str:
    """Drop a flow now, by storage's clock."""
    world.flows.put("hello.zip", package(more), modified=world.flows.clock())
    taken = accept_drop(world.ports, "hello.zip")
    assert taken is not None
    return taken.job


@pytest.mark.parametrize("mirror", ["", "mirror: {percent: 20, bake: PT5M}, "])
def test_the_shares_of_a_rollout_in_progress_are_not_drift(world: World, mirror: str) -> None:
    world.deploy()
    job = world.drop(content=package("# 2\n", deploy__yaml=CANARY.replace("{", f"{{{mirror}")))
    until(world, job, "bake")
    endpoint = world.workspace.endpoint("hello")
    assert endpoint is not None
    assert len(endpoint.traffic) + len(endpoint.mirror_traffic) > 1

    shown = view(world)

    assert shown["drift"] == []
    assert shown["jobs"] == [{"job": job, "state": "changing"}]


def test_a_fixed_deployment_that_is_being_replaced_is_not_drift(world: World) -> None:
    fixed = "deployment: {name: blue}\n"
    world.deploy(content=package(deploy__yaml=fixed))
    job = world.drop(content=package("# 2\n", deploy__yaml=fixed))
    until(world, job, "ensure_deployment")

    assert view(world)["drift"] == []


def test_a_change_by_hand_is_drift_again_once_its_operation_has_ended(world: World) -> None:
    world.deploy()
    there = world.workspace.there.endpoints
    there["hello"] = replace(there["hello"], traffic={}, provisioning_state="Updating")
    assert view(world)["drift"] == []

    there["hello"] = replace(there["hello"], provisioning_state="Succeeded")

    assert [it["what"] for it in view(world)["drift"]] == ["traffic"]


def test_drift_is_shown_while_a_job_only_waits(world: World) -> None:
    world.deploy()
    world.turns.take("hello", "another job")
    job = world.drop(content=package("# 2\n"))
    until(world, job, "plan")
    there = world.workspace.there.endpoints
    there["hello"] = replace(there["hello"], traffic={})

    assert [it["what"] for it in view(world)["drift"]] == ["traffic"]
    assert view(world)["jobs"] == [{"job": job, "state": "waiting"}]


def test_a_held_endpoint_names_the_job_that_waits(world: World) -> None:
    world.deploy()
    world.deploy(content=package("# bad\n"))
    back = roll_back(world.ports, HELLO, key="k", reason="", caller=NOBODY)
    assert view(world)["jobs"] == [{"job": back.accepted.job, "state": "waiting"}]
    world.engine.run(back.accepted.job)
    assert view(world)["jobs"] == []

    job = drop(world, "# 3\n")
    until(world, job, "plan")

    assert view(world)["jobs"] == [{"job": job, "state": "held"}]
    notes = [it["note"] for it in (describe_job(world.ports, job) or {})["steps"]]
    assert "by somebody with a function key" in notes[-1]
