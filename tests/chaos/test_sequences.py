"""Sequences of requests, faults, kills and decisions: whatever happens, the invariants hold.

`make chaos` plays 2,000. A seed that fails here is replayed and shrunk by
`.venv/bin/python -m tests.chaos --seed N`.
"""

import random
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Any

import pytest

from shared.domain.access.caller import NOBODY
from shared.domain.jobs.decision import Decision
from shared.domain.release.release import JOB_TAG
from shared.domain.requests.source import BlobSource
from shared.steps.decisions.approval import SETTLED
from shared.steps.decisions.decide import decide
from tests.chaos import asks, ending, every
from tests.chaos.asks import Ask, Drop
from tests.chaos.counts import Counts
from tests.chaos.flows import make_zip
from tests.chaos.sequence import Sequence, play
from tests.chaos.steps import SERVICES, draw
from tests.fakes.world import World, make_world, package

SEEDS = range(1, 41)


@pytest.mark.parametrize("first", SEEDS[::10])
def test_whatever_happens_the_invariants_hold(first: int):
    total = Counts()
    for seed in range(first, first + 10):
        found, counts = play(seed)
        assert not found, f"python -m tests.chaos --seed {seed}: {found}"
        assert counts.activities
        total.add(counts)
    assert total.interleaved
    assert total.retries


@pytest.mark.parametrize("service", SERVICES)
def test_a_fault_at_any_call_is_survived(service: str):
    """A few of them; `make chaos` plays each kind at each call."""
    last = every.last_call(service)
    drawn = [case for case in every.cases() if case[0] == service]
    for number, case in enumerate(drawn):
        found, _ = every.play(case, (number * 37 + 11) % last)
        assert not found, (case, found)


def test_a_seed_plays_the_same_each_time():
    first, second = (play(5)[1] for _ in range(2))
    assert first == second
    assert [str(it) for it in draw(random.Random(5))] == [str(it) for it in draw(random.Random(5))]


# ---------------------------------------------------------------------- the observer sees


def _watched() -> Sequence:
    played = Sequence(1)
    played.observer.act({"job": "j", "kind": "set_traffic", "endpoint": "hello"})
    return played


def test_the_observer_sees_a_write_without_the_turn():
    played = _watched()
    played.world.workspace.delete_endpoint("hello")
    assert "delete_endpoint on hello without its turn" in played.observer.violations[0]


def test_the_observer_sees_a_call_before_retry_after():
    played = _watched()
    played.observer.faults.quiet["ARM", "j"] = played.world.clock.now.replace(hour=23)
    played.world.workspace.facts()
    assert "before Retry-After" in played.observer.violations[0]


@pytest.mark.parametrize("approved", [False, True])
def test_the_observer_sees_a_write_before_the_approval(*, approved: bool):
    played = Sequence(1)
    world = played.world
    job = world.drop(content=make_zip("hello", 0, "writes"))
    world.turns.take("hello", job)
    world.ledger.write_once(job, "release", {"approval": "writes", "endpoint": {"name": "hello"}})
    if approved:
        made = Decision(kind="approve", at="2026-01-01T01:00:00Z", by="ann")
        world.ledger.record_decision(job, made)
    played.observer.act({"job": job, "kind": "ensure_endpoint", "endpoint": "hello"})
    world.workspace.delete_endpoint("hello")
    seen = [it for it in played.observer.violations if "before a person approved it" in it]
    assert bool(seen) != approved


def test_the_observer_sees_that_an_endpoint_loses_its_traffic():
    played = Sequence(1)
    world = played.world
    job = world.drop()
    played.observer.act({"job": job})
    world.engine.run(job)
    world.workspace.settle()
    world.turns.take("hello", "j")
    played.observer.violations.clear()
    played.observer.act({"job": "j", "kind": "set_traffic", "endpoint": "hello"})
    world.workspace.set_traffic("hello", {})
    assert "hello lost its traffic at set_traffic" in played.observer.violations[0]


def _no_result(world: World) -> None:
    world.drop()


def _orphan(world: World) -> None:
    world.deploy()
    ((key, state),) = world.workspace.there.deployments.items()
    world.workspace.there.deployments[key[0], "d-lost"] = replace(state, name="d-lost")


def _other_traffic(world: World) -> None:
    world.deploy()
    world.workspace.set_traffic("hello", {})


def _role_left(world: World) -> None:
    world.deploy()
    world.workspace.there.endpoints.clear()


def _unheeded(world: World) -> None:
    job = world.drop(content=package("# 2\n", deploy__yaml="approval: writes\n"))
    made = Decision(kind="approve", at="2026-01-01T00:00:00Z", by="ann")
    world.engine.run(job)
    world.ledger.record_decision(job, made)


def _ended_well_though_rejected(world: World) -> None:
    world.deploy()
    made = Decision(kind="reject", at="2026-01-01T00:00:00Z", by="ann")
    world.ledger.write_once(world.last["job"], SETTLED, made.model_dump())


def _made_it_and_denies_it(world: World) -> None:
    job = world.drop("other")
    decide(world.ports, job, "cancel", reason="", caller=NOBODY)
    world.engine.run(job)
    state = world.workspace.there.endpoints["hello"]
    made = replace(state, name="other", tags={JOB_TAG: job}, traffic={})
    world.workspace.there.endpoints["other"] = made


def _told_twice(world: World) -> None:
    world.deploy()
    world.bus.results.append(world.bus.results[0])


@pytest.mark.parametrize(
    ("breaks", "words"),
    [
        (_no_result, "has no result"),
        (_orphan, "stand beside"),
        (_other_traffic, "is to serve"),
        (_role_left, "is left, and its endpoint is gone"),
        (_told_twice, "has 2 messages"),
        (_made_it_and_denies_it, "says that nothing was changed"),
        (_unheeded, "a person said {'approve'}"),
        (_ended_well_though_rejected, "was rejected by a person"),
    ],
)
def test_the_ending_is_judged(breaks: Callable[[Any], None], words: str):
    world = make_world()
    world.deploy()
    assert list(ending.violations(world)) == []
    breaks(world)
    assert any(words in it for it in ending.violations(world))


def test_a_message_without_a_result_is_seen():
    world = make_world()
    world.deploy()
    assert list(ending.violations(world, ["m1"])) == ["the sender of message m1 has 0 results"]


# ---------------------------------------------------------------------- what was asked last


def _asked(world: World, *jobs: str) -> list[Ask]:
    """Asks for these jobs, two seconds apart."""
    times = [world.clock.now + timedelta(seconds=2 * it) for it in range(len(jobs))]
    return [Ask("hello", at, at, {job}) for at, job in zip(times, jobs, strict=True)]


def _two(world: World) -> tuple[str, str]:
    older, newer = world.drop(content=package("# 1\n")), world.drop(content=package("# 2\n"))
    assert world.engine.run(newer) == "succeeded"
    assert world.engine.run(older) == "superseded"
    return older, newer


def _judged(world: World, asked: list[Ask]) -> list[str]:
    return list(asks.violations(world, asked, partial(ending.last_job, world)))


def test_the_newest_ask_is_known_by_its_own_time(world: World):
    older, newer = _two(world)
    assert _judged(world, _asked(world, older, newer)) == []
    (found,) = _judged(world, _asked(world, older, newer, older))
    assert "was superseded, and nothing newer was asked" in found


def test_another_job_that_counts_as_the_newest_is_seen(world: World):
    first = world.deploy(content=package("# 1\n"))["job"]
    second = world.deploy(content=package("# 2\n"))["job"]
    assert _judged(world, _asked(world, first, second)) == []
    (found,) = _judged(world, _asked(world, second, first))
    assert f"{first} was asked last, and {second} counts" in found


def test_one_request_that_becomes_two_jobs_is_seen(world: World):
    older, newer = _two(world)
    both = _asked(world, newer)
    both[0].jobs.add(older)
    assert any("became 2 jobs" in it for it in _judged(world, both))


def test_a_drop_that_nobody_took_is_seen(world: World):
    version = world.flows.put("hello.zip", package())
    source = BlobSource(path=version.path, etag=version.etag)
    drop = Drop("hello", world.clock.now, world.clock.now, source=source)
    assert _judged(world, [drop]) == ["the drop of hello.zip never became a job"]
    world.flows.put("hello.zip", package("# 2\n"))
    assert _judged(world, [drop]) == []


@pytest.fixture
def world() -> World:
    return make_world()
