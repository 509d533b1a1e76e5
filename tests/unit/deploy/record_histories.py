"""Record histories of this build: what orchestrations asked for, and what came back, in order.

`python -m tests.unit.deploy.record_histories` writes `histories-VERSION.json`, once for each
released version; a later build must replay it to the same ending. It does not replace a file.
"""

import json
import sys
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from durabletask import task

from shared.domain.access.caller import Caller
from shared.domain.jobs.decision import DecisionKind
from shared.steps.decisions.decide import decide
from tests.fakes.engine import FakeEngine
from tests.fakes.world import World, make_world, package

HERE = Path(__file__).parent
ANN = Caller("ann@example.org")
_LINEAR = "rollout: {strategy: linear, step: 50, interval: PT1M, samples_per_minute: 60}\n"


class Recorder(FakeEngine):
    """Keeps each action with its time and its output, and whether a decision came before it."""

    def __init__(self, world: World, before: Callable[[str, Any], None] | None = None) -> None:
        super().__init__(world.ports, world.clock, before)
        self.actions: list[dict[str, Any]] = []
        self._woken = False

    def wake(self) -> None:
        super().wake()
        self._woken = True

    def _carry_out(self, asked: Any) -> None:
        at = self.clock.now.isoformat()
        if isinstance(asked, task.WhenAnyTask):
            self.actions.append({"at": at, "name": "pause"})
            timer: Any = asked.get_tasks()[0]
            self.clock.now = max(self.clock.now, timer.given)
            timer.complete(None)
            return
        super()._carry_out(asked)
        output = None if asked.name == "timer" else asked.get_result()
        self.actions.append({"at": at, "name": asked.name, "output": output, "woken": self._woken})
        self._woken = False


def record(job: str, engine: Recorder) -> dict[str, Any]:
    """Run a job to its end, and return its history."""
    outcome = engine.run(job)
    ending = engine.calls[-1][1]["ending"]
    return {"job": job, "outcome": outcome, "ending": ending, "actions": engine.actions}


def histories() -> Iterator[tuple[str, dict[str, Any]]]:
    """Play a job of each kind."""
    world = make_world()
    yield "deployed", record(world.drop(), Recorder(world))
    yield "replaced", record(world.drop(content=package("# 2\n")), Recorder(world))
    yield "rejected", record(world.drop(content=b"no zip"), Recorder(world))
    for kind in ("ensure_model", "ensure_deployment", "set_traffic"):
        yield f"canceled at {kind}", _decided("cancel", kind, "")
    yield "canceled too late", _decided("cancel", "verify", "")
    yield "without a verdict", _decided(None, "", _LINEAR)
    yield "promoted", _decided("promote", "bake", _LINEAR)
    yield "aborted", _decided("abort", "bake", _LINEAR)


def _decided(decision: DecisionKind | None, kind: str, manifest: str) -> dict[str, Any]:
    """The second deployment of an endpoint, with a decision at the first call of a step."""
    world = make_world()
    world.deploy()
    job = world.drop(content=package("# 2\n", **({"deploy__yaml": manifest} if manifest else {})))
    left = [decision] if decision is not None else []

    def before(name: str, given: Any) -> None:
        if name == "step" and given["kind"] == "undo":
            world.workspace.settle()
        if left and given.get("kind") == kind:
            decide(world.ports, job, left.pop(), reason="as agreed", caller=ANN)
            engine.wake()

    engine = Recorder(world, before)
    return record(job, engine)


if __name__ == "__main__":
    project = tomllib.loads((HERE.parents[2] / "pyproject.toml").read_text(encoding="utf-8"))
    target = HERE / f"histories-{project['project']['version']}.json"
    if target.exists():
        sys.exit(f"{target.name} is there: histories of a released version stay as they are")
    rows = [f"{json.dumps(name)}: {json.dumps(made)}" for name, made in histories()]
    target.write_text("{\n" + ",\n".join(rows) + "\n}\n", encoding="utf-8")
