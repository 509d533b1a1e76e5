"""Promote or abort a rollout at any of its calls, the engine killed right after: how it ends."""

from collections import Counter
from typing import Any

import pytest

from shared.domain.access.caller import Caller
from shared.domain.jobs.decision import DecisionKind
from shared.steps.decisions.decide import CannotDecide, decide
from tests.fakes.engine import Crash, FakeEngine
from tests.fakes.world import READS_CONNECTIONS, World, make_world, package

ANN = Caller("ann@example.org")
LINEAR = "rollout: {strategy: linear, step: 50, interval: PT1M, samples_per_minute: 60}\n"
CALLS = 28
"""Of the job, up to the last verdict."""


class Steered(FakeEngine):
    """Decides before that activity (from 0), if the job takes it; may die right after."""

    def __init__(self, world: World, kind: DecisionKind, number: int, *, crash: bool) -> None:
        super().__init__(world.ports, world.clock)
        self._world, self._kind, self._number, self._crash = world, kind, number, crash
        self.during, self.said = "", "(ended)"
        self.before = self._at

    def _at(self, name: str, given: Any) -> None:
        if name == "step" and given["kind"] == "undo":
            self._world.workspace.settle()  # Azure ends what was begun, whether it is polled or not
        if self.during or len(self.calls) - 1 != self._number:
            return
        self.during = "publish" if name == "publish" else given["kind"]
        try:
            decide(self._world.ports, given["job"], self._kind, reason="enough", caller=ANN)
            self.said = "recorded"
        except CannotDecide as cannot:
            self.said = str(cannot).replace(given["job"], "JOB")
        self.wake()
        if self._crash:
            raise Crash


def rolled_out(
    world: World, kind: DecisionKind, number: int, *, crash: bool
) -> tuple[str, Steered]:
    """Decide about a rollout without callers, which samples would decide."""
    world.deploy()
    world.metrics.busy = world.workspace
    job = world.drop(content=package("# 2\n", deploy__yaml=READS_CONNECTIONS + LINEAR))
    engine = Steered(world, kind, number, crash=crash)
    try:
        return engine.run(job), engine
    except Crash:
        world.workspace.settle()
        return world.engine.run(job), engine


@pytest.mark.parametrize("crash", [False, True])
@pytest.mark.parametrize("kind", ["promote", "abort"])
@pytest.mark.parametrize("number", range(CALLS))
def test_a_decision_about_a_rollout_counts_at_any_call(
    world: World, number: int, kind: DecisionKind, *, crash: bool
) -> None:
    outcome, engine = rolled_out(world, kind, number, crash=crash)
    first = world.bus.results[0].event["data"]["deployment"]

    assert world.ledger.open_jobs() == ()
    if kind == "abort" and engine.said == "recorded":
        assert outcome == "rolled back"
        assert world.traffic() == {first: 100}
        assert world.last["diagnosis"]["code"] == "Aborted"
        return
    assert engine.said == "recorded" or engine.during in {"prepare", "plan"}
    assert outcome == "succeeded"
    assert world.traffic()[world.last["deployment"]] == 100
    if engine.said == "recorded":
        assert {it["outcome"] for it in world.last["verdicts"]} == {"promoted"}


def table() -> Counter[tuple[str, ...]]:
    rows = Counter[tuple[str, ...]]()
    for kind in ("promote", "abort"):
        for crash in (False, True):
            for number in range(CALLS):
                world = make_world()
                outcome, engine = rolled_out(world, kind, number, crash=crash)
                code = (world.last.get("diagnosis") or {}).get("code", "")
                rows[kind, engine.during or "(ended)", engine.said, outcome, code] += 1
    return rows


if __name__ == "__main__":
    for (kind, during, said, outcome, code), count in table().items():
        print(f"{kind:8} {during:22} {outcome:12} {code:10} {count:2}  {said}")
