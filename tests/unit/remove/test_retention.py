"""Retention: what is never read again is forgotten, and nothing else."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from shared.domain.access.caller import NOBODY
from shared.domain.identifiers.names import EndpointName
from shared.domain.requests.hold import Hold
from shared.steps.decisions.retry import retry
from shared.steps.remove.retention import find_old, forget
from shared.steps.rollback.rollback import roll_back
from tests.fakes.world import World, make_world, package

YEAR = timedelta(days=365)


@pytest.fixture
def world() -> World:
    """A ledger that keeps jobs for 30 days."""
    made = make_world()
    made.ports = replace(made.ports, retention=30.0)
    made.engine.ports = made.ports
    return made


@pytest.fixture
def forgotten(world: World) -> Callable[[], set[str]]:
    """Sweep for some days; return the jobs that were forgotten."""

    def sweep() -> set[str]:
        gone = set[str]()
        for _ in range(12):
            world.clock.now += timedelta(hours=6)
            for old in find_old(world.ports):
                forget(world.ports, old)
                gone.add(old.request.job)
        return gone

    return sweep


def _rejected(world: World, name: str) -> str:
    job = world.drop(name, package(deploy__yaml="ttl: soon\n"))
    assert world.engine.run(job) == "rejected"
    return job


def test_an_ended_job_whose_drop_is_gone_is_forgotten_with_all_it_had(
    world: World, forgotten: Callable[[], set[str]]
):
    job = _rejected(world, "wrong")
    world.flows.delete("wrong.zip")
    world.clock.now += YEAR

    assert forgotten() == {job}
    assert world.ledger.request(job) is None
    assert world.ledger.read(job, "result") is None
    assert world.ledger.timeline(job) == ()
    assert world.ledger.jobs().jobs == ()


def test_nothing_is_forgotten_before_its_time_or_without_the_setting(
    world: World, forgotten: Callable[[], set[str]]
):
    _rejected(world, "wrong")
    world.flows.delete("wrong.zip")
    world.clock.now += timedelta(days=20)
    assert forgotten() == set()

    world.clock.now += YEAR
    world.ledger.calls.clear()
    world.ports = replace(world.ports, retention=0.0)
    assert find_old(world.ports) == ()
    assert world.ledger.calls == []


def test_a_drop_that_still_lies_there_keeps_its_job_and_is_not_deployed_again(
    world: World, forgotten: Callable[[], set[str]]
):
    _rejected(world, "wrong")
    world.clock.now += YEAR

    assert forgotten() == set()


def test_what_serves_and_what_it_can_go_back_to_stay(
    world: World, forgotten: Callable[[], set[str]]
):
    for number in range(3):
        world.deploy(content=package(f"# {number}\n"))
    world.flows.delete("hello.zip")
    world.clock.now += YEAR

    assert forgotten() == set()
    back = roll_back(world.ports, EndpointName("hello"), key="k", reason="", caller=NOBODY)
    assert world.engine.run(back.accepted.job) == "succeeded"


def test_an_older_job_of_an_endpoint_that_released_nothing_goes(
    world: World, forgotten: Callable[[], set[str]]
):
    world.deploy()
    wrong = _rejected(world, "hello")
    world.deploy(content=package("# right\n"))
    world.flows.delete("hello.zip")
    world.clock.now += YEAR

    assert forgotten() == {wrong}


def test_a_job_that_has_not_ended_stays(world: World, forgotten: Callable[[], set[str]]):
    job = world.drop("slow")
    world.flows.delete("slow.zip")
    world.clock.now += YEAR

    assert forgotten() == set()
    assert world.engine.run(job) == "succeeded"


def test_a_job_that_ended_late_is_kept_from_its_end_on(
    world: World, forgotten: Callable[[], set[str]]
):
    job = world.drop("slow", package(deploy__yaml="ttl: soon\n"))
    world.clock.now += timedelta(days=60)
    world.engine.run(job)
    world.flows.delete("slow.zip")
    world.clock.now += timedelta(days=20)

    assert forgotten() == set()
    world.clock.now += timedelta(days=20)
    assert forgotten() == {job}


def test_a_failed_job_goes_but_not_while_its_endpoint_is_held_for_it(
    world: World, forgotten: Callable[[], set[str]]
):
    world.deploy()
    world.workspace.fail_deployment("ResourceNotReady", log="ModuleNotFoundError: no slugify")
    failed = world.drop(content=package("# fails\n"))
    assert world.engine.run(failed) == "failed"
    world.deploy(content=package("# right\n"))
    world.flows.delete("hello.zip")
    world.ledger.set_hold("hello", Hold(at="2026-01-01T00:00:00Z", job=failed), over=None)
    world.clock.now += YEAR

    assert forgotten() == set()
    world.ledger.clear_hold("hello")
    assert forgotten() == {failed}


def test_the_package_that_an_open_job_deploys_stays(
    world: World, forgotten: Callable[[], set[str]]
):
    job = _rejected(world, "wrong")
    world.flows.delete("wrong.zip")
    world.clock.now += YEAR
    again = retry(world.ports, job, key=None, caller=NOBODY)
    assert again is not None

    assert forgotten() == set()
    assert world.engine.run(again.job) == "rejected"
    assert "ttl" in str(world.last["findings"])


def test_a_job_stays_with_its_package_as_long_as_its_last_retry(
    world: World, forgotten: Callable[[], set[str]]
):
    first = _rejected(world, "wrong")
    world.flows.delete("wrong.zip")
    world.clock.now += timedelta(days=20)
    second = retry(world.ports, first, key=None, caller=NOBODY)
    assert second is not None
    world.engine.run(second.job)
    world.clock.now += timedelta(days=20)
    assert forgotten() == set()

    third = retry(world.ports, second.job, key=None, caller=NOBODY)
    assert third is not None
    assert third.job not in {first, second.job}
    assert world.engine.run(third.job) == "rejected"
    assert "ttl" in str(world.last["findings"])
    world.clock.now += YEAR
    assert forgotten() | forgotten() == {first, second.job, third.job}


def test_a_request_whose_package_is_gone_is_rejected_with_what_to_do(world: World):
    job = world.drop("lost")
    world.ledger.lose_package(job)

    assert world.engine.run(job) == "rejected"
    (finding,) = world.last["findings"]
    assert finding["remedy"] == "Drop the flow again"


def test_many_old_jobs_go_a_few_at_each_sweep(world: World, forgotten: Callable[[], set[str]]):
    jobs = set[str]()
    for number in range(120):
        jobs.add(_rejected(world, f"wrong{number}"))
        world.flows.delete(f"wrong{number}.zip")
    world.clock.now += YEAR

    assert len(find_old(world.ports)) == 50
    gone = forgotten() | forgotten()
    assert gone == jobs
    assert world.ledger.open_jobs() == ()
