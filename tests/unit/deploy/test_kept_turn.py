"""A step may take longer than a turn lasts: the turn stays with its job meanwhile."""

import time

import pytest

from shared.domain.failure import Unavailable
from shared.steps.kept_turn import keep_turn
from tests.fakes.engine import FakeEngine
from tests.fakes.world import World


def _await_holder(world: World, endpoint: str, job: str) -> str | None:
    end = time.monotonic() + 120
    while world.turns.holder(endpoint) != job and time.monotonic() < end:
        time.sleep(0.001)
    return world.turns.holder(endpoint)


def test_a_long_upload_keeps_the_turn(world: World) -> None:
    job = world.drop()
    endpoint, holders = "hello", list[str | None]()

    def a_minute_passes() -> None:
        if "register_model" in world.assets.calls:
            world.turns.lapse(endpoint)
            holders.append(_await_holder(world, endpoint, job))

    world.assets.away = a_minute_passes
    assert FakeEngine(world.ports, world.clock, renew=0.001).run(job) == "succeeded"
    assert set(holders) == {job}
    assert world.turns.holder(endpoint) is None, "it is given back at the job's end"


def test_the_turn_of_another_is_never_taken_away(world: World) -> None:
    world.turns.take("chat", "first")
    world.turns.lapse("chat")
    assert world.turns.take("chat", "second") is not None
    calls = len(world.turns.calls)
    with keep_turn(world.ports, "chat", "first", 0.001):
        end = time.monotonic() + 120
        while len(world.turns.calls) < calls + 3 and time.monotonic() < end:
            time.sleep(0.001)
    assert len(world.turns.calls) >= calls + 3
    assert world.turns.holder("chat") == "second"


def test_a_renewal_that_storage_does_not_answer_is_tried_again(world: World) -> None:
    world.turns.take("chat", "first")
    world.turns.fail("take", Unavailable("Timeout", "x"), times=2)
    with keep_turn(world.ports, "chat", "first", 0.001):
        world.turns.lapse("chat")
        assert _await_holder(world, "chat", "first") == "first"


def test_a_step_that_fails_ends_the_renewals(world: World) -> None:
    with pytest.raises(ValueError, match="x"), keep_turn(world.ports, "chat", "first", 0.001):
        raise ValueError("x")
    calls = len(world.turns.calls)
    time.sleep(0.02)
    assert len(world.turns.calls) == calls
