"""Rollouts played out in memory: a version that behaves in some way, dropped on an endpoint."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tests.fakes.callers import FAILS, GOOD, HANGS, SLOW, Behaviour, Callers, make_called_world
from tests.fakes.world import World, package

VERSIONS = {"good": GOOD, "fails 1 in 5": FAILS, "3 x slower": SLOW, "times out": HANGS}
CANARY = "rollout: {strategy: canary}\n"
LINEAR = "rollout: {strategy: linear, step: 25, interval: PT10M}\n"
MIRROR = "rollout: {strategy: canary, mirror: {percent: 20, bake: PT10M}}\n"


@dataclass(frozen=True)
class Played:
    """A rollout that has ended, in the time of its own clock."""

    result: dict[str, Any]
    minutes: float
    traffic: list[tuple[float, dict[str, int], dict[str, int]]]
    world: World
    callers: Callers
    new: str

    @property
    def outcome(self) -> str:
        return str(self.result["outcome"])

    def shown_traffic(self) -> str:
        """The new deployment's share over time, e.g. `0:10 % 20:100 %`; `m`: mirrored."""
        shares = [
            (minute, f"{mirror[self.new]}m" if mirror.get(self.new) else f"{live.get(self.new, 0)}")
            for minute, live, mirror in self.traffic
        ]
        return " ".join(f"{minute:.0f}:{share}%" for minute, share in shares)


def play(
    behaviour: Behaviour,
    rate: float,
    seed: int,
    manifest: str = CANARY,
    *,
    shown: bool = True,
) -> Played:
    """Drop a version that behaves like this, once its smoke test is over; run its job to the end.

    Args:
        behaviour: how it answers.
        rate: requests of callers a minute to the endpoint.
        seed: of all chance.
        manifest: its deploy.yaml.
        shown: whether Azure Monitor shows anything.
    """
    world, callers = make_called_world(rate, seed)
    callers.shown = shown
    [old] = world.traffic()
    begun: list[datetime] = []

    def before(name: str, given: Any) -> None:
        if given.get("kind") == "set_traffic" and not begun:
            begun.append(world.clock.now)
            [new] = [it.name for it in world.workspace.deployments("hello") if it.name != old]
            callers.behaviours[new] = behaviour
        # The steps that test the deployment have samples of their own, which may fail by chance.
        world.scoring.live = callers.answer if given.get("kind") == "bake" else None
        callers.note(name, given)

    world.engine.before = before
    result = world.deploy(content=package("# new\n", deploy__yaml=manifest))
    callers.note("", {})
    return Played(
        result,
        (world.clock.now - begun[0]).total_seconds() / 60,
        [
            ((when - begun[0]).total_seconds() / 60, dict(live), dict(mirror))
            for when, live, mirror in callers.history
            if when >= begun[0]
        ],
        world,
        callers,
        next((name for name in callers.behaviours), ""),
    )
