"""Record histories of this build: what orchestrations asked for, and what came back, in order.

`python -m tests.unit.deploy.record_histories` writes `histories-VERSION.json`, once for each
released version; a later build must replay it to the same ending. It does not replace a file.
"""

import itertools
import json
import sys
import tomllib
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

from durabletask import task

from shared.domain.access.caller import Caller
from shared.domain.identifiers.names import EndpointName
from shared.domain.jobs.decision import DecisionKind
from shared.domain.requests.source import RemovalSource
from shared.steps.decisions.decide import decide
from shared.steps.intake.doors import accept_drop
from shared.steps.remove.removal import accept_removal
from shared.steps.rollback.rollback import resume, roll_back
from tests.fakes.callers import make_called_world
from tests.fakes.engine import FakeEngine
from tests.fakes.world import World, make_world, package

HERE = Path(__file__).parent
ANN = Caller("ann@example.org")
_CANARY = "rollout: {strategy: canary, bake: PT5M}\n"
_WAITS = 3
"""At that look at a hold somebody decides."""
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
    yield "canary", _canary()
    settles: tuple[DecisionKind, ...] = ("approve", "reject")
    for said, place in itertools.product(settles, ("writes", "traffic")):
        yield f"{said} before {place}", _decided(said, "approval", f"approval: {place}\n")
    yield "not approved in time", _decided(None, "", "approval: writes\n")
    yield "rolled back by a person", _rolled_back()[0]
    yield "held and resumed", _held(resumes=True)
    yield "held and canceled", _held(resumes=False)
    yield "superseded", _superseded()
    yield "deleted", _deleted()


def _served() -> tuple[World, EndpointName]:
    """An endpoint with two releases."""
    world = make_world()
    world.deploy()
    world.deploy(content=package("# 2\n"))
    return world, EndpointName("hello")


def _rolled_back() -> tuple[dict[str, Any], World]:
    world, endpoint = _served()
    back = roll_back(world.ports, endpoint, key="http:1", reason="as agreed", caller=ANN)
    return record(back.accepted.job, Recorder(world)), world


def _held(*, resumes: bool) -> dict[str, Any]:
    """A drop on an endpoint that a person has rolled back: it waits until somebody decides."""
    _, world = _rolled_back()
    world.clock.now += timedelta(seconds=2)
    world.flows.put("hello.zip", package("# 3\n"), world.flows.clock())
    taken = accept_drop(world.ports, "hello.zip")
    assert taken is not None
    job = taken.job

    def before(name: str, given: Any) -> None:
        if name != "step" or given["kind"] != "plan" or given["tries"] != _WAITS:
            return
        if resumes:
            resume(world.ports, EndpointName("hello"), ANN)
        else:
            decide(world.ports, job, "cancel", reason="as agreed", caller=ANN)
        engine.wake()

    engine = Recorder(world, before)
    return record(job, engine)


def _canary() -> dict[str, Any]:
    """A good version, at an endpoint with many callers."""
    world, callers = make_called_world(500, seed=1)

    def before(name: str, given: Any) -> None:
        world.scoring.live = callers.answer if given.get("kind") == "bake" else None
        callers.note(name, given)

    job = world.drop(content=package("# 2\n", deploy__yaml=_CANARY))
    return record(job, Recorder(world, before))


def _superseded() -> dict[str, Any]:
    """A newer request comes while the deployment is created."""
    world = make_world()
    world.deploy()
    job, newer = world.drop(content=package("# 2\n")), list[str]()

    def before(name: str, given: Any) -> None:
        if name == "step" and given["kind"] == "undo":
            world.workspace.settle()
        if given.get("kind") == "smoke_test" and not newer:
            newer.append(world.drop(content=package("# 3\n")))
            request = world.ledger.request(newer[0])
            assert request is not None
            world.ledger.queue_job("hello", newer[0], request.order)

    return record(job, Recorder(world, before))


def _deleted() -> dict[str, Any]:
    world, endpoint = _served()
    source = RemovalSource(endpoint=endpoint, key="http:1")
    return record(accept_removal(world.ports, source, door="http").job, Recorder(world))


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
