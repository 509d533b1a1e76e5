"""Each step of a job is told as what became of it."""

from typing import Any

import pytest

from shared.domain.access.caller import Caller
from shared.domain.jobs.timeline import settled
from shared.steps.decisions.decide import decide
from shared.steps.views.jobs import describe_job
from tests.fakes.engine import FakeEngine
from tests.fakes.world import READS_CONNECTIONS, World, package

ANN = Caller("ann@example.org")
APPROVAL = READS_CONNECTIONS + "approval: traffic\n"


def states(world: World, job: str) -> dict[str, str]:
    shown = describe_job(world.ports, job)
    assert shown is not None
    return {row["key"]: row["state"] for row in shown["steps"]}


def test_a_step_at_which_a_newer_job_came_is_superseded(world: World) -> None:
    world.deploy()
    job = world.drop(content=package("# 2\n"))

    def before(name: str, given: Any) -> None:
        if name == "step" and given["kind"] == "undo":
            world.workspace.settle()
        if given.get("kind") == "ensure_deployment" and given["tries"] == 1:
            newer = world.drop(content=package("# 3\n"))
            order = "2027-01-01T00:00:00Z/2027-01-01T00:00:00Z"
            world.ledger.queue_job("hello", newer, order)

    assert FakeEngine(world.ports, world.clock, before).run(job) == "superseded"
    found = states(world, job)
    assert list(found.values()).count("superseded") == 1
    assert "failed" not in found.values()
    assert found["undo"] == "done"


def test_steps_after_a_lost_turn_were_not_run(world: World) -> None:
    world.deploy()
    job = world.drop(content=package("# 2\n"))

    def before(name: str, given: Any) -> None:
        if name == "step" and given["kind"] == "ensure_environment":
            world.turns.lapse("hello")
            world.turns.take("hello", "another job")

    assert FakeEngine(world.ports, world.clock, before).run(job) == "superseded"
    *begun, last = [it for it in states(world, job).values() if it != "not run"]
    assert (set(begun), last) == ({"done"}, "superseded")
    assert list(states(world, job).values())[-1] == "not run"


def test_the_step_at_which_a_person_rejected_the_job_is_rejected(world: World) -> None:
    job = world.drop(content=package(deploy__yaml=APPROVAL))

    def before(name: str, given: Any) -> None:
        if name == "step" and given["kind"] == "undo":
            world.workspace.settle()
        if given.get("kind") == "approval" and given["tries"] == 2:
            decide(world.ports, job, "reject", reason="", caller=ANN)

    assert FakeEngine(world.ports, world.clock, before).run(job) == "rejected"
    shown = describe_job(world.ports, job)
    assert shown is not None
    [row] = [it for it in shown["steps"] if it["kind"] == "approval"]
    assert row["state"] == "rejected"


@pytest.mark.parametrize("outcome", ["superseded", "canceled", "failed", "rolled back"])
def test_a_step_whose_end_was_lost_has_the_outcome_of_its_job(outcome: str) -> None:
    row = {"state": "waiting", "person": True, "ended": None}
    [closed] = settled([row], outcome=outcome, at="2026-01-01T00:00:00Z")
    assert closed["state"] == ("failed" if outcome == "rolled back" else outcome)
