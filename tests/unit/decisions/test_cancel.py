"""Cancel a job at any moment: where it ends, and what its result says."""

from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from durabletask import task

from shared.domain.access.caller import NOBODY, Caller
from shared.domain.access.policy_rule import parse_policy
from shared.domain.errors import Rejected
from shared.domain.jobs.decision import Decision
from shared.domain.requests.source import RemovalSource
from shared.steps.decisions.decide import decide
from shared.steps.decisions.refusals import CannotDecide
from shared.steps.intake.doors import accept_drop
from shared.steps.remove.removal import accept_removal
from shared.steps.views.jobs import describe_job
from tests.fakes.engine import Crash, FakeEngine
from tests.fakes.world import READS_CONNECTIONS, World, make_world, package

ANN = Caller("ann@example.org")
CALLS = 18
"""At least as many as the second deployment of an endpoint has."""


def cancel(world: World, job: str, caller: Caller = ANN) -> Decision | None:
    return decide(world.ports, job, "cancel", reason="wrong file", caller=caller)


class CancelAt(FakeEngine):
    """Cancels the job before that activity (from 0); with `crash` the host dies right after."""

    def __init__(self, world: World, number: int, *, crash: bool) -> None:
        super().__init__(world.ports, world.clock)
        self._world, self._number, self._crash = world, number, crash
        self.during, self.said = "", "recorded"
        self.before = self._at

    def _at(self, name: str, given: Any) -> None:
        if name == "step" and given["kind"] == "undo":
            self._world.workspace.settle()  # Azure ends what was begun, whether it is polled or not
        if len(self.calls) - 1 != self._number:
            return
        self.during = "publish" if name == "publish" else given["kind"]
        try:
            cancel(self._world, given["job"])
        except CannotDecide as cannot:
            self.said = str(cannot)
        self.wake()
        if self._crash:
            raise Crash


def _second(world: World, number: int, *, crash: bool) -> tuple[str, CancelAt]:
    """Cancel the second deployment of an endpoint at one of its calls."""
    world.deploy()
    job = world.drop(content=package("# 2\n"))
    engine = CancelAt(world, number, crash=crash)
    try:
        return engine.run(job), engine
    except Crash:
        world.workspace.settle()
        return world.engine.run(job), engine


@pytest.mark.parametrize("crash", [False, True])
@pytest.mark.parametrize("number", range(CALLS))
def test_a_canceled_job_leaves_the_endpoint_as_it_was(world: World, number: int, *, crash: bool):
    outcome, engine = _second(world, number, crash=crash)
    (first, *_) = [it.event["data"] for it in world.bus.results]
    job = world.last["job"]

    assert world.ledger.open_jobs() == ()
    if not engine.during or engine.said != "recorded":  # it was over, or nothing was left to stop
        assert engine.during in {"", "delete_deployment", "publish"}
        assert outcome == "succeeded"
        assert world.last["decision"] is None
        return
    assert outcome == "canceled"
    assert world.traffic() == {first["deployment"]: 100}
    assert [it.name for it in world.workspace.deployments("hello")] == [first["deployment"]]
    assert world.last["decision"]["by"] == "ann@example.org"
    assert world.last["decision"]["reason"] == "wrong file"
    again = rf"has already ended: canceled\. To try it again: sluice retry {job}"
    with pytest.raises(CannotDecide, match=again):
        cancel(world, job)


@pytest.mark.parametrize("crash", [False, True])
@pytest.mark.parametrize("after", [False, True])
def test_a_cancel_during_the_last_step_counts_or_is_refused(
    world: World, *, after: bool, crash: bool
):
    """Before or after the last step has noted that the work is done, the engine killed or not."""
    world.deploy()
    job = world.drop(content=package("# 2\n"))
    said: list[str] = []

    def watch(fake: object, call: str, late: bool) -> None:
        del fake
        verifies = world.engine.calls and world.engine.calls[-1][1].get("last")
        if not verifies or call != "write_once" or late != after or said:
            return
        said.append("")
        try:
            cancel(world, job)
        except CannotDecide as cannot:
            said[0] = str(cannot)
        world.engine.wake()
        if crash:
            raise Crash

    world.ledger.watch = watch
    try:
        outcome = world.engine.run(job)
    except Crash:
        world.engine.calls.clear()
        outcome = world.engine.run(job)

    if after:
        assert said[0].startswith(f"Job {job} has done its work already. To go back")
        assert "sluice rollback hello (POST /api/endpoints/hello/rollback)" in said[0]
    else:
        assert said == [""]
    assert outcome == ("succeeded" if after else "canceled")


@pytest.mark.parametrize("crash", [False, True])
@pytest.mark.parametrize("number", range(8))
def test_a_deletion_is_canceled_before_it_begins_or_not_at_all(
    world: World, number: int, *, crash: bool
):
    world.deploy()
    asked = RemovalSource(endpoint="hello", key="2")
    job = accept_removal(world.ports, asked, door="http", caller=ANN).job
    engine = CancelAt(world, number, crash=crash)
    try:
        outcome = engine.run(job)
    except Crash:
        world.workspace.settle()
        outcome = world.engine.run(job)

    there = world.workspace.endpoint("hello") is not None
    assert outcome == ("canceled" if there else "succeeded")
    if engine.said != "recorded":
        assert engine.said.startswith(f"Job {job} has begun to delete")
        assert not there
    if engine.during in {"prepare", "plan"}:
        assert there


def test_a_job_that_has_nothing_to_change_cannot_be_canceled(world: World):
    world.deploy()
    job = drop_again(world)
    said: list[str] = []

    def before(name: str, given: Any) -> None:
        if name == "publish":
            with pytest.raises(CannotDecide) as cannot:
                cancel(world, given["job"])
            said.append(str(cannot.value))

    assert FakeEngine(world.ports, world.clock, before).run(job) == "unchanged"
    assert said == [f"Job {job} has nothing to change, and ends now"]


def drop_again(world: World) -> str:
    world.flows.put("hello.zip", package(), modified=world.flows.clock())
    taken = accept_drop(world.ports, "hello.zip")
    assert taken is not None
    return taken.job


def test_a_job_canceled_before_its_first_write_says_that_nothing_was_changed(world: World):
    job = world.drop()
    cancel(world, job)

    assert world.engine.run(job) == "canceled"

    assert world.writes == []
    assert world.last["decision"]["effect"] == "nothing was changed"
    assert world.bus.results[-1].event["type"] == "sluice.deployment.canceled"


def test_a_job_canceled_after_a_write_says_that_it_was_put_back(world: World):
    _second(world, 6, crash=False)

    assert world.last["outcome"] == "canceled"
    assert world.last["decision"]["effect"] == "what it had changed was put back"


STAYS = "; anything else that it had changed was put back"


def _canceled_in_the_write(world: World, job: str, *, committed: bool, shown: bool = True) -> str:
    """Cancel during the PUT of the endpoint; the host dies there. Return the job's effect."""

    def watch(fake: object, call: str, after: bool) -> None:
        del fake
        if call == "put_endpoint" and after == committed:
            cancel(world, job)
            raise Crash

    world.workspace.watch = watch
    with pytest.raises(Crash):
        world.engine.run(job)
    world.workspace.settle()
    hidden = world.workspace.there.endpoints.pop("hello") if not shown else None

    def before(name: str, given: Any) -> None:
        if name == "step" and given["kind"] == "undo" and given["tries"] == 2 and hidden:
            world.workspace.there.endpoints["hello"] = hidden

    assert FakeEngine(world.ports, world.clock, before).run(job) == "canceled"
    return str(world.last["decision"]["effect"])


def test_a_job_killed_in_the_write_that_makes_its_endpoint_says_that_it_stays(world: World):
    effect = _canceled_in_the_write(world, world.drop(), committed=True)
    assert world.traffic() == {}
    assert effect == "its new endpoint stays" + STAYS


def test_a_job_killed_there_says_so_although_azure_shows_the_endpoint_late(world: World):
    effect = _canceled_in_the_write(world, world.drop(), committed=True, shown=False)
    assert effect == "its new endpoint stays" + STAYS


def test_a_job_killed_before_azure_took_that_write_says_that_nothing_was_changed(world: World):
    effect = _canceled_in_the_write(world, world.drop(), committed=False)
    assert world.workspace.endpoint("hello") is None
    assert effect == "nothing was changed"


@pytest.mark.parametrize("committed", [False, True])
def test_settings_of_an_older_endpoint_that_a_killed_write_changed_are_told(
    world: World, *, committed: bool
):
    first = world.deploy()["deployment"]
    manifest = READS_CONNECTIONS + "endpoint: {description: new}\n"
    job = world.drop(content=package("# 2\n", deploy__yaml=manifest))
    effect = _canceled_in_the_write(world, job, committed=committed)
    assert world.traffic() == {first: 100}
    assert effect == (
        "the endpoint's new settings stay" + STAYS if committed else "nothing was changed"
    )


class CancelInPause(FakeEngine):
    """Cancels the job in its first pause."""

    then: datetime | None = None

    def _carry_out(self, asked: Any) -> None:
        if self.then is None and isinstance(asked, task.WhenAnyTask):
            self.then = self.clock.now
            decide(self.ports, self.calls[0][1]["job"], "cancel", reason="", caller=ANN)
            self.wake()
        super()._carry_out(asked)


def test_a_decision_ends_the_pause_at_once(world: World):
    undone = list[datetime]()

    def before(name: str, given: Any) -> None:
        if name == "step" and given["kind"] == "undo":
            undone.append(world.clock.now)
            world.workspace.settle()

    engine = CancelInPause(world.ports, world.clock, before)
    assert engine.run(world.drop()) == "canceled"

    assert engine.then is not None
    assert undone[0] - engine.then < timedelta(seconds=0.1)  # by the engine's clock


def test_a_job_that_waits_for_its_turn_is_canceled_without_it(world: World):
    world.turns.take("hello", "another job")
    job = world.drop()
    engine = CancelAt(world, 4, crash=False)

    assert engine.run(job) == "canceled"

    assert engine.during == "plan"
    assert world.turns.holder("hello") == "another job"


def test_the_second_cancel_returns_the_first(world: World):
    job = world.drop()
    first = cancel(world, job)

    assert decide(world.ports, job, "cancel", reason="another", caller=ANN) == first


def test_there_is_no_such_job(world: World):
    assert cancel(world, "nojob") is None


@pytest.mark.parametrize("kind", ["approve", "reject", "promote", "abort"])
def test_a_decision_about_a_step_that_the_job_lacks_is_refused(world: World, kind: Any):
    job = world.drop()

    with pytest.raises(CannotDecide, match=f"POST /api/jobs/{job}/cancel"):
        decide(world.ports, job, kind, reason="", caller=ANN)

    assert world.ledger.decisions(job) == ()


def test_who_may_not_deploy_may_not_cancel(make: Callable[..., World]):
    rule = '[{"prefix": "", "endpoints": ["*"], "callers": ["ann@example.org"]}]'
    world = make(policy=parse_policy(rule))
    job = world.drop()

    for stranger in (NOBODY, Caller("eve@example.org")):
        with pytest.raises(Rejected, match="No rule of the policy lets"):
            cancel(world, job, stranger)

    assert cancel(world, job)


def test_a_canceled_job_is_shown_as_canceled(world: World):
    job = world.drop()
    cancel(world, job)
    world.engine.run(job)

    shown = describe_job(world.ports, job)

    assert shown is not None
    assert shown["state"] == "canceled"
    assert [row["state"] for row in shown["steps"]] == ["canceled"]
    assert shown["steps"][0]["note"] == "Canceled by ann@example.org (wrong file)"


if __name__ == "__main__":
    rows = Counter[tuple[str, str, str]]()
    for crash in (False, True):
        for number in range(CALLS):
            world = make_world()
            outcome, engine = _second(world, number, crash=crash)
            effect = (world.last["decision"] or {}).get("effect", engine.said)
            rows[engine.during or "(ended)", outcome, effect] += 1
    for (during, outcome, effect), count in rows.items():
        print(f"{during:24} {outcome:12} {effect:36} {count}")


def test_what_was_written_before_the_app_died_is_put_back_though_azure_shows_the_older_state(
    world: World,
):
    """The orchestrator does not know of it: the activity died, and is canceled at its repeat."""
    first = world.deploy()["deployment"]
    job = world.drop(content=package("# 2\n"))
    there, patch = world.workspace, pytest.MonkeyPatch()
    shown = there.endpoint("hello"), there.deployments("hello")

    def die(_: str, given: Any) -> None:
        if given.get("kind") == "verify":
            cancel(world, job)
            patch.setattr(there, "endpoint", lambda _: shown[0])
            patch.setattr(there, "deployments", lambda _: shown[1])
            raise Crash

    def catch_up(_: str, given: Any) -> None:
        if str(given.get("key", "")).startswith("undo-"):
            patch.undo()

    world.engine.before = die
    with pytest.raises(Crash):
        world.engine.run(job)
    there.settle()
    world.engine.before = catch_up

    assert world.engine.run(job) == "canceled"
    assert world.traffic() == {first: 100}
    assert [it.name for it in there.deployments("hello")] == [first]
    assert world.last["decision"]["effect"] == "what it had changed was put back"
