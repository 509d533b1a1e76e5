"""An activity carries a job on for as long as it need not wait."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from shared.domain.access.caller import NOBODY
from shared.steps.decisions.decide import decide
from shared.steps.intake.doors import accept_drop
from tests.fakes.engine import Crash, FakeEngine
from tests.fakes.world import World, package


def test_a_job_that_waits_for_nothing_is_one_activity(make: Callable[..., World]):
    world = make(workspace={"polls": 0})

    assert world.deploy()["outcome"] == "succeeded"

    assert world.engine.activities == 1
    assert max(world.engine.waits) <= 0.5


def test_a_job_waits_for_long_operations_outside_of_activities(make: Callable[..., World]):
    world = make(workspace={"polls": 6})
    inside = list[float]()

    class Waits(list[float]):
        def append(self, seconds: float) -> None:
            super().append(seconds)
            if world.engine.acts:
                inside.append(seconds)

    world.engine.waits = Waits()
    assert world.deploy()["outcome"] == "succeeded"
    assert {round(it, 1) for it in inside} == {0.1, 0.5}
    assert sum(it > 0.5 for it in world.engine.waits) >= 3
    assert world.engine.activities < len(world.engine.calls)


def test_what_one_activity_has_told_is_kept_without_defaults(make: Callable[..., World]):
    world = make(workspace={"polls": 0})
    made = list[Any]()
    activity = world.engine._activity

    def kept(name: str, given: Any) -> dict[str, Any]:
        told = activity(name, given)
        made.append(told)
        return told

    world.engine._activity = kept  # type: ignore[method-assign]
    world.deploy()
    told = made[0]["told"]
    assert [it["key"] for it in told][:2] == ["prepare", "plan"]
    assert told[-1]["key"] == "publish"
    assert not any(None in it["report"].values() for it in told)


def test_a_decision_is_heard_in_the_middle_of_an_activity(make: Callable[..., World]):
    """The event does not reach an activity: it looks for itself, every second."""
    world = make(workspace={"polls": 0})
    job, after = world.drop(), list[str]()

    def before(name: str, given: Any) -> None:
        if given.get("kind") == "ensure_model":
            decide(world.ports, job, "cancel", reason="", caller=NOBODY)
            world.clock.now += timedelta(seconds=2)
        elif world.ledger.decisions(job):
            after.append(given.get("kind", name))

    assert FakeEngine(world.ports, world.clock, before).run(job) == "canceled"
    assert after[:2] == ["ensure_environment", "undo"], "the next call hears it, and does nothing"
    assert world.workspace.deployments("hello") == ()


def test_an_undo_begins_only_once_the_orchestrator_knows_why(make: Callable[..., World]):
    world = make(workspace={"polls": 0})
    world.scoring.answer(424, {"error": {"message": "boom"}}, times=50)
    asked = list[str]()
    activity = world.engine._activity

    def noted(name: str, given: Any) -> dict[str, Any]:
        asked.append(given.get("key", name))
        return activity(name, given)

    world.engine._activity = noted  # type: ignore[method-assign]
    assert world.deploy()["outcome"] == "failed"
    assert asked == ["prepare", "undo", "undo-0", "publish"]


def test_an_activity_that_dies_is_repeated_from_its_first_call(make: Callable[..., World]):
    world = make(workspace={"polls": 0})
    job, died = world.drop(), list[str]()

    def die_once(name: str, given: Any) -> None:
        if given.get("kind") == "verify" and not died:
            died.append(name)
            raise Crash

    with pytest.raises(Crash):
        FakeEngine(world.ports, world.clock, die_once).run(job)
    assert FakeEngine(world.ports, world.clock, die_once).run(job) == "succeeded"
    assert world.writes.count("put_deployment") == 1
    assert len(world.bus.results) == 1


def test_a_job_whose_work_is_done_gives_way_no_more(make: Callable[..., World]):
    """Its activity dies after it has deleted the old deployment, and a newer request comes."""
    world = make(workspace={"polls": 0})
    world.deploy(content=package("# 1\n", deploy__yaml="retain: 0\n"))
    job = world.drop(content=package("# 2\n", deploy__yaml="retain: 0\n"))

    def die(name: str, given: Any) -> None:
        del given
        if name == "publish":
            raise Crash

    with pytest.raises(Crash):
        FakeEngine(world.ports, world.clock, die).run(job)
    world.clock.now += timedelta(seconds=2)
    world.flows.put("hello.zip", package("# 3\n"), world.flows.clock())
    newer = accept_drop(world.ports, "hello.zip")
    assert newer is not None
    request = world.ledger.request(newer.job)
    assert request is not None
    world.ledger.queue_job("hello", newer.job, request.order)

    assert FakeEngine(world.ports, world.clock).run(job) == "succeeded"
    assert FakeEngine(world.ports, world.clock).run(newer.job) == "succeeded"
