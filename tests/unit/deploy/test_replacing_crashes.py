"""A replacement in place whose engine is lost at any moment."""

from collections.abc import Callable

import pytest

from tests.fakes.engine import Crash, FakeEngine, crash_at
from tests.fakes.world import World, package

FIXED = "deployment: {name: blue}\n"


def _replacing(make: Callable[..., World], *, fails: bool) -> tuple[World, str]:
    world = make()
    world.deploy(content=package(deploy__yaml=FIXED))
    world.engine.calls.clear()
    if fails:
        world.scoring.answer(424, {"error": {"message": "boom"}}, times=50)
    return world, world.drop(content=package("# new\n", deploy__yaml=FIXED))


@pytest.mark.parametrize("fails", [False, True])
def test_a_replacement_ends_either_complete_or_undone(make: Callable[..., World], fails: bool):
    world, job = _replacing(make, fails=fails)
    old = world.workspace.there.specs["hello", "blue"]
    world.engine.run(job)
    for number in range(len(world.engine.calls)):
        world, job = _replacing(make, fails=fails)
        world.engine.before = crash_at(number)
        with pytest.raises(Crash):
            world.engine.run(job)

        FakeEngine(world.ports, world.clock).run(job)

        assert world.last["outcome"] == ("rolled back" if fails else "succeeded"), number
        assert world.traffic() == {"blue": 100}
        now = world.workspace.there.specs["hello", "blue"]
        assert (now.model == old.model) is fails
        assert len(world.bus.results) == 2
