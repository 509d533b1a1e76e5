from typing import Any

import pytest

from shared.domain.planning.rollout import shares
from tests.fakes.engine import Crash, FakeEngine
from tests.fakes.world import World, package


def test_the_others_keep_their_proportion_and_the_sum_is_100():
    assert shares({"old": 100}, "new", 10) == {"old": 90, "new": 10}
    assert shares({"a": 60, "b": 40}, "new", 50) == {"a": 30, "b": 20, "new": 50}
    for percent in range(1, 100):
        made = shares({"a": 33, "b": 33, "c": 34, "idle": 0}, "new", percent)
        assert sum(made.values()) == 100
        assert made["new"] == percent
        assert all(share >= 0 for share in made.values())


def test_traffic_that_the_new_one_has_already_is_counted_in():
    assert shares({"old": 80, "new": 20}, "new", 50) == {"old": 50, "new": 50}


def test_a_dead_jobs_share_of_the_traffic_is_not_restored(world: World):
    """A canary ended without going back; the next deployment fails and goes back to the proven."""
    first = world.deploy(content=package("# 1\n"))["deployment"]
    canary = "rollout: {strategy: canary, percent: 10, bake: PT10M}\n"
    dead = world.drop(content=package("# 2\n", deploy__yaml=canary))

    def before(name: str, given: Any) -> None:
        if name == "step" and given["kind"] == "bake":
            raise Crash

    with pytest.raises(Crash):
        FakeEngine(world.ports, world.clock, before).run(dead)
    assert world.traffic()[first] == 90
    world.turns.lapse("hello")
    world.ledger.write_once(dead, "result", {"data": {"outcome": "failed"}})

    world.scoring.answer(500, "broken", times=50)
    job = world.drop(content=package("# 3\n"))
    assert world.engine.run(job) in {"failed", "rolled back"}

    assert world.traffic() == {first: 100}
