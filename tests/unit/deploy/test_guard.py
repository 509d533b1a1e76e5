"""A step that kills the app is not restarted for ever, and fails no other job."""

import time
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from shared.domain.jobs.step_call import StepCall
from shared.domain.jobs.step_report import StepReport
from shared.domain.jobs.timeline import ALONE, CALM, deaths
from shared.steps.guard import DANGEROUS, LANE, PROVED, run_guarded
from shared.steps.lines import Lines
from tests.fakes.engine import Crash, FakeEngine, Stop
from tests.fakes.world import World, package

RUN = {"key": "step-1", "state": "running", "note": ""}
WAIT = {"key": "step-1", "state": "waiting", "note": "Azure is silent"}
LINED_UP = {"key": "step-1", "state": "waiting", "note": ALONE}
CALMED = {"key": "step-1", "state": "waiting", "note": CALM}
DONE = {"key": "step-1", "state": "done", "note": ""}
OTHER = {"key": "step-2", "state": "running", "note": ""}


@pytest.mark.parametrize(
    ("events", "died"),
    [
        ([], 0),
        ([RUN], 0),
        ([RUN, OTHER, OTHER, OTHER], 0),
        ([RUN, RUN], 1),
        ([RUN, OTHER, RUN, RUN], 2),
        ([RUN, LINED_UP, RUN], 1),
        ([RUN, LINED_UP, LINED_UP, RUN, RUN], 2),
        ([RUN, LINED_UP, RUN, DONE, RUN], 0),
        ([RUN, RUN, LINED_UP, RUN, LINED_UP, RUN], 1),
        ([RUN, RUN, LINED_UP, RUN, RUN], 2),
        ([RUN, RUN, CALMED, RUN], 2),
        ([RUN, RUN, CALMED, CALMED, RUN, RUN], 3),
        ([RUN, RUN, CALMED, RUN, WAIT, RUN], 0),
        ([RUN, RUN, WAIT, RUN], 0),
        ([RUN, DONE, RUN], 0),
    ],
)
def test_starts_without_a_following_line_count_as_deaths(events: list[dict[str, str]], died: int):
    assert deaths(events, "step-1") == died


def _run_and_die(world: World, job: str, kind: str, *, gives_up: bool = False) -> Callable[[], str]:
    """Run the job as a restarted engine does; the app dies in each step of a kind.

    `gives_up`: it also stops if the step waits.
    """
    breaks = {
        "prepare": (world.ledger, "fetch_package"),
        "ensure_model": (world.assets, "register_model"),
        "smoke_test": (world.scoring, "score"),
        "verify": (world.scoring, "score"),
    }
    fake, call = breaks[kind]

    def arm(name: str, given: Any) -> None:
        fake._faults.clear()
        if name != "publish" and given["kind"] == kind:
            fake.fail(call, Crash())  # type: ignore[arg-type]

    def start() -> str:
        world.clock.now += timedelta(seconds=1)

        def before(name: str, given: Any) -> None:
            if gives_up and engine.waits:
                fake._faults.clear()
                raise Stop
            arm(name, given)

        engine = FakeEngine(world.ports, world.clock, before)
        return engine.run(job)

    return start


@pytest.mark.parametrize(
    ("kind", "outcome"),
    [
        ("prepare", "failed"),
        ("ensure_model", "failed"),
        ("smoke_test", "failed"),
        ("verify", "rolled back"),
    ],
)
def test_a_job_that_kills_the_app_three_times_fails(world: World, kind: str, outcome: str):
    assert kind in DANGEROUS
    old = world.deploy()
    job = world.drop(content=package("# deadly\n"))
    start = _run_and_die(world, job, kind)
    for _ in range(3):
        with pytest.raises(Crash):
            start()
    assert start() == outcome
    assert world.last["job"] == job
    assert "ended three times" in world.last["diagnosis"]["cause"]
    assert world.traffic() == {old["deployment"]: 100}
    assert world.ledger.open_jobs() == ()
    assert world.turns.holder(LANE) is None


def test_a_job_that_waited_to_run_alone_also_gets_only_three_attempts(world: World):
    job, other = world.drop("guilty"), world.drop("other")
    start = _run_and_die(world, job, "prepare")
    with pytest.raises(Crash):
        start()
    assert world.turns.take(LANE, other) is not None

    def release_lane(_name: str, given: Any) -> None:
        if len(engine.waits) == 3:
            world.turns.release(LANE, other)
        if len(engine.waits) >= 3 and given["kind"] == "prepare":
            world.ledger.fail("fetch_package", Crash())  # type: ignore[arg-type]

    engine = FakeEngine(world.ports, world.clock, release_lane)
    with pytest.raises(Crash):
        engine.run(job)
    with pytest.raises(Crash):
        start()
    assert start() == "failed"
    assert "ended three times" in world.last["diagnosis"]["cause"]


def test_jobs_that_died_with_it_run_alone_and_succeed(world: World):
    guilty, innocent = world.drop("guilty"), world.drop("innocent")
    for job in (guilty, innocent):  # both were running when the app died
        with pytest.raises(Crash):
            _run_and_die(world, job, "prepare")()
    for _ in range(2):
        with pytest.raises(Crash):
            _run_and_die(world, guilty, "prepare")()
    assert world.turns.holder(LANE) == guilty

    def finish_guilty_job(name: str, given: Any) -> None:
        if len(engine.waits) == 3 and world.turns.holder(LANE) == guilty:
            assert _run_and_die(world, guilty, "prepare")() == "failed"

    engine = FakeEngine(world.ports, world.clock, finish_guilty_job)
    assert engine.run(innocent) == "succeeded"
    assert len(engine.waits) >= 3
    notes = [it["note"] for it in world.ledger.timeline(innocent) if it["kind"] == "prepare"]
    assert ALONE in notes


def _restarted(world: World) -> World:
    """Let the app begin anew now."""
    world.ports = replace(world.ports, began=world.clock.now)
    return world


@pytest.mark.parametrize("kills", [1, 2, 3, 20])
def test_jobs_of_an_app_that_is_killed_again_and_again_all_succeed(world: World, kills: int):
    """Each kill comes soon after the app began, whatever runs then."""
    jobs = [world.drop(name) for name in ("one", "two")]
    for _ in range(kills):
        for job in jobs:
            with pytest.raises((Crash, Stop)):
                _run_and_die(_restarted(world), job, "prepare", gives_up=True)()

    world.turns.lapse(LANE)
    began = _restarted(world).clock.now
    for job in jobs:
        assert FakeEngine(world.ports, world.clock).run(job) == "succeeded"
    assert (world.clock.now - began > PROVED) == (kills > 1)


def test_a_step_that_waits_for_a_calm_app_leaves_the_turn_to_run_alone_to_others(world: World):
    job = world.drop()
    for _ in range(2):
        with pytest.raises(Crash):
            _run_and_die(_restarted(world), job, "prepare")()
    assert world.turns.holder(LANE) == job

    def looks(name: str, given: Any) -> None:
        if engine.waits:
            assert world.turns.holder(LANE) is None
            raise Stop

    engine = FakeEngine(_restarted(world).ports, world.clock, looks)
    with pytest.raises(Stop):
        engine.run(job)
    (event,) = [it for it in world.ledger.timeline(job) if it["state"] == "waiting"]
    assert event["note"] == CALM
    assert timedelta() < timedelta(seconds=engine.waits[0]) <= PROVED


def test_the_turn_to_be_alone_is_renewed_while_the_step_runs(world: World):
    job = world.drop()
    with pytest.raises(Crash):
        _run_and_die(world, job, "prepare")()

    def lapses() -> StepReport:
        world.turns.lapse(LANE)
        end = time.monotonic() + 120
        while world.turns.holder(LANE) != job and time.monotonic() < end:
            time.sleep(0.001)
        return StepReport("ok", str(world.turns.holder(LANE)))

    call, lines = StepCall(job, "fox", "prepare", "prepare"), Lines(world.ports, job)
    assert run_guarded(world.ports, call, lines, lapses, renew=0.001).note == job
    assert world.turns.holder(LANE) is None


def test_a_job_that_was_only_interrupted_goes_on(world: World):
    job = world.drop()
    with pytest.raises(Crash):
        _run_and_die(world, job, "smoke_test")()
    assert FakeEngine(world.ports, world.clock).run(job) == "succeeded"
    assert world.turns.holder(LANE) is None


def test_a_step_that_must_be_polled_again_counts_as_survived(world: World):
    """A step restarted after a 503 begins again each time; none of these runs died."""
    world.scoring.answer(503, "busy", times=3)
    assert world.deploy()["outcome"] == "succeeded"
