"""Whatever crashes and whenever, the job ends once with the endpoint in the right state."""

from collections.abc import Callable
from typing import Any

import pytest

from shared.domain.failure import Unavailable
from shared.steps.intake.sweep import find_open_jobs
from tests.fakes.engine import Crash, FakeEngine, crash_at
from tests.fakes.world import World, package


def _calls_of_one_job(make: Callable[..., World]) -> int:
    world = make()
    world.deploy()
    return len(world.engine.calls)


def test_the_loss_of_the_engine_at_any_moment_costs_a_delay_and_never_a_flow(
    make: Callable[..., World],
):
    for number in range(_calls_of_one_job(make)):
        world = make()
        job = world.drop()
        world.engine.before = crash_at(number)
        with pytest.raises(Crash):
            world.engine.run(job)

        FakeEngine(world.ports, world.clock).run(job)

        assert [sent.event["data"]["outcome"] for sent in world.bus.results] == ["succeeded"]
        assert len(world.workspace.deployments("hello")) == 1
        assert len([it for it in world.workspace.writes if it[0] == "put_deployment"]) == 1
        assert len(world.roles.writes) == 1
        assert world.ledger.open_jobs() == ()


def test_engine_loss_before_a_failing_final_check_still_puts_the_traffic_back(
    make: Callable[..., World],
):
    world = make()
    old = world.deploy()["deployment"]
    job = world.drop(content=package("# new\n"))

    def die_at_check(name: str, given: Any) -> None:
        if given.get("kind") == "verify":
            raise Crash

    world.engine.before = die_at_check
    with pytest.raises(Crash):
        world.engine.run(job)
    assert world.traffic() != {old: 100}
    world.scoring.answer(200, {"answer": "fine"})
    world.scoring.answer(424, {"error": {"message": "boom"}})

    assert FakeEngine(world.ports, world.clock).run(job) == "rolled back"
    assert world.traffic() == {old: 100}


def test_a_failing_job_that_loses_its_engine_anywhere_leaves_the_old_traffic(
    make: Callable[..., World],
):
    def failing() -> tuple[World, str, str]:
        world = make()
        old = world.deploy()["deployment"]
        world.engine.calls.clear()
        world.scoring.answer(424, {"error": {"message": "boom"}}, times=50)
        return world, old, world.drop(content=package("# new\n"))

    world, _, job = failing()
    world.engine.run(job)
    for number in range(len(world.engine.calls)):
        world, old, job = failing()
        world.engine.before = crash_at(number)
        with pytest.raises(Crash):
            world.engine.run(job)
        assert world.traffic() == {old: 100}

        FakeEngine(world.ports, world.clock).run(job)

        assert world.traffic() == {old: 100}
        assert world.last["outcome"] == "failed"
        assert len(world.bus.results) == 2
        assert [it.name for it in world.workspace.deployments("hello")] == [old]


def test_a_result_that_the_queue_accepts_late_is_sent_by_the_restarted_job(
    make: Callable[..., World],
):
    world = make()
    world.bus.fail("send_result", Unavailable("NoBus", "The queue is away"), times=100)
    job = world.drop()

    assert world.engine.run(job) == "untold"
    assert world.bus.results == []
    assert find_open_jobs(world.ports) == (job,)  # the sweep starts these
    writes = list(world.workspace.writes)

    assert FakeEngine(world.ports, world.clock).run(job) == "succeeded"
    assert [sent.event["data"]["outcome"] for sent in world.bus.results] == ["succeeded"]
    assert world.workspace.writes == writes
    assert world.ledger.open_jobs() == ()
