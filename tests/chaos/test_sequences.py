"""Sequences of requests, faults, kills and decisions: whatever happens, the invariants hold.

`make chaos` plays 2,000. A seed that fails here is replayed and shrunk by
`.venv/bin/python -m tests.chaos --seed N`.
"""

import random
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from tests.chaos import ending
from tests.chaos.sequence import Sequence, play
from tests.chaos.steps import draw
from tests.fakes.world import World, make_world

SEEDS = range(1, 41)


@pytest.mark.parametrize("first", SEEDS[::10])
def test_whatever_happens_the_invariants_hold(first: int):
    for seed in range(first, first + 10):
        found, counts = play(seed)
        assert not found, f"python -m tests.chaos --seed {seed}: {found}"
        assert counts.activities


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
    ],
)
def test_the_ending_is_judged(breaks: Callable[[Any], None], words: str):
    world = make_world()
    world.deploy()
    assert list(ending.violations(world)) == []
    breaks(world)
    assert any(words in it for it in ending.violations(world))
