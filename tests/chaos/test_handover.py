"""A job whose turn lapsed, or that lost its engine, ends before another changes the endpoint."""

import random
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from shared.domain.access.caller import NOBODY
from shared.domain.failure import Unavailable
from shared.domain.identifiers.names import EndpointName
from shared.domain.jobs.decision import Decision
from shared.domain.requests.source import RemovalSource
from shared.steps.decisions.decide import decide
from shared.steps.decisions.refusals import CannotDecide
from shared.steps.intake.doors import accept_drop
from shared.steps.remove.removal import accept_removal
from shared.steps.rollback.rollback import resume, roll_back
from tests.chaos.engine import ChaosEngine
from tests.fakes.engine import Clock
from tests.fakes.turns import FakeTurns
from tests.fakes.world import World, make_world, package


class Unwatched:
    """Nobody looks."""

    def act(self, given: Any) -> None: ...

    def told(self, job: str) -> None: ...

    def forget(self) -> None: ...


@pytest.fixture
def world() -> World:
    """A world with an endpoint that serves, whose turns lapse by the clock."""
    clock = Clock()
    made = make_world(clock=clock, turns=FakeTurns(lambda: clock.now))
    made.deploy()
    return made


def engine_over(world: World, *jobs: str) -> ChaosEngine:
    made = ChaosEngine(world.ports, world.clock, random.Random(1), Unwatched())
    for job in jobs:
        start(made, job)
    return made


def start(engine: ChaosEngine, job: str) -> None:
    engine.schedule_new_orchestration("deploy", input={"job": job}, instance_id=job)


def run(
    engine: ChaosEngine, world: World, until: Callable[[], bool] = lambda: False
) -> dict[str, str]:
    """Run until that, or until all jobs have ended; return their outcomes."""
    for _ in range(2000):
        if until() or not engine.alive:
            break
        if not engine.step():
            due = engine.next_timer()
            assert due is not None
            world.clock.now = max(world.clock.now, due)
            world.workspace.operations.tick()
    return {job: one.outcome for job, one in engine.orchestrations.items()}


def has_created(world: World) -> Callable[[], bool]:
    return lambda: len(world.workspace.deployments("hello")) == 2


def test_the_next_job_waits_until_the_one_whose_turn_lapsed_has_undone_its_changes(world: World):
    (before, *_) = world.traffic()
    older = world.drop(content=package("# 2\n"))
    engine = engine_over(world, older)
    run(engine, world, has_created(world))

    world.clock.now += timedelta(seconds=90)  # the host is away
    world.scoring.answer(424, {"error": {"message": "boom"}}, times=1000)
    newer = world.drop(content=package("# 3\n"))
    start(engine, newer)
    outcomes = run(engine, world)

    assert outcomes == {older: "superseded", newer: "failed"}
    assert [it.name for it in world.workspace.deployments("hello")] == [before]
    assert world.traffic() == {before: 100}


def test_a_superseded_job_that_lost_its_engine_undoes_its_changes(world: World):
    older = world.drop(content=package("# 2\n"))
    engine = engine_over(world, older)
    run(engine, world, has_created(world))

    engine.lose()
    world.clock.now += timedelta(seconds=90)
    world.workspace.settle()
    newer = world.drop(content=package("# 3\n"))
    start(engine, newer)
    start(engine, older)  # by the sweep

    assert run(engine, world) == {newer: "succeeded", older: "superseded"}
    assert world.traffic() == {world.last["deployment"]: 100}
    kept = {it["deployment"] for it in world.ledger.releases("hello")}
    assert {it.name for it in world.workspace.deployments("hello")} <= kept


def test_a_rollback_gives_way_to_a_newer_deletion(world: World):
    world.deploy(content=package("# 2\n"))
    endpoint = EndpointName("hello")
    back = roll_back(world.ports, endpoint, key="http:1", reason="", caller=NOBODY).accepted.job
    world.clock.now += timedelta(seconds=2)
    source = RemovalSource(endpoint="hello", key="http:2")
    removal = accept_removal(world.ports, source, door="http").job
    engine = engine_over(world, removal)
    run(engine, world)
    start(engine, back)

    assert run(engine, world) == {removal: "succeeded", back: "superseded"}
    assert world.workspace.endpoint("hello") is None


def test_a_deletion_that_has_begun_goes_on_to_its_end_although_it_is_canceled(world: World):
    source = RemovalSource(endpoint="hello", key="http:1")
    removal = accept_removal(world.ports, source, door="http").job
    engine = engine_over(world, removal)
    run(engine, world, lambda: world.writes[-1] == "assign" and _deletes(world))

    with pytest.raises(CannotDecide, match="has begun to delete"):
        decide(world.ports, removal, "cancel", reason="", caller=NOBODY)
    early = Decision(kind="cancel", at="2026-01-01T00:00:00Z")
    world.ledger.record_decision(removal, early)  # during the very call that began
    engine.raise_orchestration_event(removal, "decision")

    assert run(engine, world) == {removal: "succeeded"}
    assert world.roles.held == ()


def test_a_deletion_that_lost_the_engine_goes_on_although_a_newer_request_came(world: World):
    source = RemovalSource(endpoint="hello", key="http:1")
    removal = accept_removal(world.ports, source, door="http").job
    engine = engine_over(world, removal)
    run(engine, world, lambda: _deletes(world))
    world.clock.now += timedelta(seconds=2)
    world.flows.put("hello.zip", package("# 2\n"), modified=world.flows.clock())
    newer = accept_drop(world.ports, "hello.zip")
    assert newer is not None
    world.ledger.queue_job("hello", newer.job, _order(world, newer.job))

    engine.lose()
    start(engine, removal)
    assert run(engine, world) == {removal: "succeeded"}
    start(engine, newer.job)

    assert run(engine, world)[newer.job] == "succeeded"
    assert world.traffic() == {world.last["deployment"]: 100}


def test_a_rollback_that_comes_too_late_gives_way_after_resume(world: World):
    world.deploy(content=package("# 2\n"))
    endpoint = EndpointName("hello")
    back = roll_back(world.ports, endpoint, key="http:1", reason="", caller=NOBODY).accepted.job
    world.clock.now += timedelta(seconds=2)
    world.flows.put("hello.zip", package("# 3\n"), modified=world.flows.clock())
    newer = accept_drop(world.ports, "hello.zip")
    assert newer is not None
    resume(world.ports, endpoint, NOBODY)
    engine = engine_over(world, newer.job)
    run(engine, world)
    start(engine, back)

    assert run(engine, world) == {newer.job: "succeeded", back: "superseded"}
    assert world.traffic()[world.ledger.releases("hello")[0]["deployment"]] == 100


def _order(world: World, job: str) -> str:
    request = world.ledger.request(job)
    assert request is not None
    return request.order


def _deletes(world: World) -> bool:
    return any(call == "delete_endpoint" for call, *_ in world.workspace.writes)


@pytest.mark.parametrize("cancels", [False, True])
def test_a_job_keeps_its_turn_and_azures_quiet_until_retry_after(world: World, *, cancels: bool):
    job = world.drop(content=package("# 2\n"))
    failure = Unavailable("Throttled", "Slow down", status=429, retry_after=200)
    world.workspace.fail("put_deployment", failure)
    engine, before = engine_over(world, job), len(world.workspace.calls)
    run(engine, world, lambda: "put_deployment" in world.workspace.calls[before:])
    throttled, calls = world.clock.now, len(world.workspace.calls)
    if cancels:
        decide(world.ports, job, "cancel", reason="", caller=NOBODY)
        engine.raise_orchestration_event(job, "decision")

    def later() -> bool:
        assert world.turns.holder("hello") == job
        return len(world.workspace.calls) > calls

    run(engine, world, later)

    assert world.clock.now - throttled >= timedelta(seconds=200)
    assert run(engine, world) == {job: "canceled" if cancels else "succeeded"}


def test_a_shorter_retry_after_does_not_end_a_longer_one(world: World):
    job = world.drop(content=package("# 2\n"))
    long = Unavailable("Throttled", "Slow down", status=429, retry_after=200)
    world.workspace.fail("put_deployment", long)
    engine, before = engine_over(world, job), len(world.workspace.calls)
    run(engine, world, lambda: "put_deployment" in world.workspace.calls[before:])
    throttled, calls = world.clock.now, len(world.workspace.calls)
    world.turns.fail("take", Unavailable("ServerBusy", "Busy", status=503, retry_after=5))

    run(engine, world, lambda: len(world.workspace.calls) > calls)

    assert world.clock.now - throttled >= timedelta(seconds=200)
