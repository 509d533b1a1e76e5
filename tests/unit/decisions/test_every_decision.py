"""Each decision at each step of a canary that needs an approval, the engine killed right after."""

from typing import Any

import pytest

from shared.domain.access.caller import Caller
from shared.domain.jobs.decision import DECISIONS, Decision, DecisionKind
from shared.steps.decisions.decide import decide
from shared.steps.decisions.refusals import CannotDecide
from tests.fakes.callers import Callers, make_called_world
from tests.fakes.engine import Crash, FakeEngine
from tests.fakes.world import READS_CONNECTIONS, World, package

ANN = Caller("ann@example.org")
MANIFEST = f"{READS_CONNECTIONS}approval: traffic\nrollout: {{strategy: canary, bake: PT2M}}\n"
STEPS = (
    "prepare",
    "plan",
    "ensure_model",
    "ensure_environment",
    "ensure_deployment",
    "smoke_test",
    "approval",
    "set_traffic",
    "bake",
    "verify",
    "publish",
)
ENDS: dict[DecisionKind, str] = {
    "cancel": "canceled",
    "approve": "succeeded",
    "reject": "rejected",
    "promote": "succeeded",
    "abort": "rolled back",
}


class Steered(FakeEngine):
    """Decides before the first call of a step, and may die right after; else it is approved."""

    def __init__(
        self, world: World, callers: Callers, kind: DecisionKind, step: str, *, crash: bool
    ) -> None:
        super().__init__(world.ports, world.clock)
        self._world, self._callers = world, callers
        self._kind, self._step, self._crash = kind, step, crash
        self.said = ""
        self.before = self._at

    def _at(self, name: str, given: Any) -> None:
        at = given.get("kind", name)
        if at == "undo":
            self._world.workspace.settle()  # Azure ends what was begun, whether it is polled or not
        self._callers.note(name, given)
        self._world.scoring.live = self._callers.answer if at == "bake" else None
        if at == "approval" and given["tries"] == 2:
            made = Decision(kind="approve", at="2026-01-01T00:00:00Z", by="bob@example.org")
            self.ports.ledger.record_decision(given["job"], made)
        if at != self._step or self.said:
            return
        job = given["job"]
        try:
            decide(self.ports, job, self._kind, reason="as agreed", caller=ANN)
            self.said = "recorded"
        except CannotDecide as cannot:
            self.said = str(cannot).replace(job, "JOB")
        self.wake()
        if self._crash:
            raise Crash


def steer(kind: DecisionKind, step: str, *, crash: bool) -> tuple[World, str, str, str]:
    """Decide about the second deployment; return the world, the first, the outcome, and words."""
    world, callers = make_called_world(50, 1)
    [old] = world.traffic()
    job = world.drop(content=package("# 2\n", deploy__yaml=MANIFEST))
    engine = Steered(world, callers, kind, step, crash=crash)
    try:
        outcome = engine.run(job)
    except Crash:
        world.workspace.settle()
        outcome = engine.run(job)
    return world, old, outcome, engine.said


@pytest.mark.parametrize("crash", [False, True])
@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("kind", DECISIONS)
def test_a_decision_that_is_recorded_is_followed_also_by_an_engine_that_starts_again(
    kind: DecisionKind, step: str, *, crash: bool
):
    world, old, outcome, said = steer(kind, step, crash=crash)

    assert world.ledger.open_jobs() == ()
    assert said
    expected = ENDS[kind] if said == "recorded" else "succeeded"
    assert outcome == expected, world.last
    if outcome == "succeeded":
        assert world.traffic()[world.last["deployment"]] == 100
    else:
        assert world.traffic() == {old: 100}
        kept = kind == "abort"  # for a look, as after a failed gate
        assert len(world.workspace.deployments("hello")) == 1 + kept
    if kind == "promote" and said == "recorded":
        assert [it["outcome"] for it in world.last["verdicts"]] == ["promoted"]


if __name__ == "__main__":
    for kind in DECISIONS:
        for step in STEPS:
            for crash in (False, True):
                world, _, outcome, said = steer(kind, step, crash=crash)
                effect = (world.last["decision"] or {}).get("effect") or said
                killed = "killed" if crash else ""
                print(f"{kind:8} {step:19} {killed:7} {outcome:12} {effect}")
