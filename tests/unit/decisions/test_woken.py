"""A job that waits for a person is woken by what concerns it, and looks seldom in between."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from durabletask import task

from functions import activities
from functions.job_activity import JobActivity
from shared.domain.access.caller import Caller
from shared.domain.identifiers.names import EndpointName
from shared.domain.jobs.step_report import DECISION_LOOKS
from shared.domain.release.release import Limits
from shared.steps.decisions.decide import decide
from shared.steps.intake.doors import accept_drop
from shared.steps.rollback.rollback import resume, roll_back
from tests.fakes.engine import FakeEngine, run_until
from tests.fakes.world import READS_CONNECTIONS, World, package
from tests.unit.edge.conftest import Starts

ANN = Caller("ann@example.org")
HELLO = EndpointName("hello")


class InPause(FakeEngine):
    """Does something in the first pause at which the job waits for a person."""

    def __init__(self, world: World, do: Callable[["InPause", str], None]) -> None:
        super().__init__(world.ports, world.clock)
        self._world, self._do, self.at = world, do, 0.0
        self.after: list[float] = []

    def _carry_out(self, asked: Any) -> None:
        pauses = isinstance(asked, task.WhenAnyTask)
        if pauses and not self.at and self._waits():
            self.at = self.clock.now.timestamp()
            self._do(self, self.calls[0][1]["job"])
        if not pauses and self.at and asked.name == "step" and asked.given["kind"] == "undo":
            self._world.workspace.settle()
        super()._carry_out(asked)

    def _waits(self) -> bool:
        job = self.calls[0][1]["job"]
        events = self._world.ledger.timeline(job)
        return bool(events) and bool(events[-1]["person"])

    @property
    def waited(self) -> timedelta:
        """How long the job went on, once somebody had done something, by the engine's clock."""
        return timedelta(seconds=self.clock.now.timestamp() - self.at)


def drop(world: World, more: str, manifest: str = "") -> str:
    """Drop a flow now, by storage's clock, and return its job."""
    content = package(more, deploy__yaml=READS_CONNECTIONS + manifest)
    world.flows.put("hello.zip", content, modified=world.flows.clock())
    taken = accept_drop(world.ports, "hello.zip")
    assert taken is not None
    return taken.job


def prepare_newer(engine: InPause, job: str) -> None:
    """Drop something newer, and let its first activity run."""
    del job
    newer = drop(engine._world, "# newer\n")
    engine.clock.now += timedelta(seconds=1)
    call = {"job": newer, "endpoint": "", "kind": "prepare", "key": "prepare"}
    JobActivity(engine.ports, lambda _: engine.wake()).go(call)


def hold(world: World) -> None:
    world.deploy()
    world.deploy(content=package("# bad\n"))
    back = roll_back(world.ports, HELLO, key="k", reason="", caller=ANN)
    world.engine.run(back.accepted.job)


def test_a_newer_drop_supersedes_a_job_that_waits_at_a_hold_at_once(world: World) -> None:
    hold(world)
    engine = InPause(world, prepare_newer)

    assert engine.run(drop(world, "# older\n")) == "superseded"

    assert engine.waited < timedelta(seconds=DECISION_LOOKS)


def test_the_end_of_the_hold_lets_the_job_go_on_at_once(world: World) -> None:
    hold(world)

    def end(engine: InPause, job: str) -> None:
        assert resume(world.ports, HELLO, ANN) == job
        engine.wake()

    engine = InPause(world, end)
    assert engine.run(drop(world, "# waits\n")) == "succeeded"

    planned = next(given for _, given in engine.calls if given.get("kind") == "ensure_model")
    assert planned["fence"] is not None
    assert engine.waited < timedelta(seconds=DECISION_LOOKS)


def test_a_newer_drop_supersedes_a_job_that_waits_for_an_approval_at_once(world: World) -> None:
    world.deploy()
    engine = InPause(world, prepare_newer)

    assert engine.run(drop(world, "# older\n", "approval: traffic\n")) == "superseded"

    assert engine.waited < timedelta(seconds=DECISION_LOOKS)
    assert len(world.workspace.deployments("hello")) == 1


def test_an_approval_is_followed_at_once(world: World) -> None:
    world.deploy()

    def approve(engine: InPause, job: str) -> None:
        decide(world.ports, job, "approve", reason="", caller=ANN)
        engine.wake()

    engine = InPause(world, approve)
    assert engine.run(drop(world, "# 2\n", "approval: traffic\n")) == "succeeded"
    assert engine.waited < timedelta(seconds=DECISION_LOOKS)


def test_a_job_that_waits_for_an_approval_looks_every_five_minutes(world: World) -> None:
    """The turn's lease lapses between two looks; all the same nobody else gets the turn."""
    world.deploy()
    seen: list[Any] = []

    def before(name: str, given: Any) -> None:
        if name == "step" and given["kind"] == "undo":
            world.workspace.settle()
        if given.get("kind") != "approval" or given["tries"] != 2:
            return
        world.turns.lapse("hello")
        later = drop(world, "# later\n")
        call = {"job": later, "endpoint": "hello", "kind": "plan", "key": "plan", "yields": False}
        seen.append(JobActivity(world.ports).go(call)["told"][0]["report"])

    engine = FakeEngine(world.ports, world.clock, before)
    assert engine.run(drop(world, "# 2\n", "approval: traffic\n")) == "failed"

    looks = [given for _, given in engine.calls if given.get("kind") == "approval"]
    assert len(looks) <= world.ports.limits.grant / DECISION_LOOKS + 2
    assert (seen[0]["status"], "must end first" in seen[0]["note"]) == ("waiting", True)


def test_a_job_that_nobody_approves_fails_at_the_limit_not_at_the_next_look(
    make: Callable[..., World],
) -> None:
    world = make(limits=Limits(propagation=1200, grant=420, operation=3600))
    world.deploy()
    engine = InPause(world, lambda _, __: None)

    assert engine.run(drop(world, "# 2\n", "approval: writes\n")) == "failed"

    assert timedelta(seconds=420) < engine.waited < timedelta(seconds=430)


def test_the_first_step_of_a_job_wakes_the_one_that_it_supersedes(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(activities, "ports", lambda: world.ports)
    monkeypatch.setattr(JobActivity, "pause", lambda *_: None)
    call, starts = activities.prepare, Starts()

    def prepared(job: str) -> Any:
        return call({"job": job, "endpoint": "", "kind": "prepare", "key": "prepare"}, starts)

    first = drop(world, "# 1\n")
    run_until(world.ports, world.clock, first, lambda _, given: given["kind"] == "plan")
    world.clock.now += timedelta(seconds=1)
    second = drop(world, "# 2\n")
    assert prepared(second)["told"][0]["report"]["status"] == "ok"
    prepared(second)
    assert starts.woken == [first]
    world.engine.run(second)
    world.clock.now += timedelta(seconds=1)
    prepared(drop(world, "# 3\n"))
    assert starts.woken == [first]
