"""A job that a person must approve: where it waits, who may approve, and how it ends."""

from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest

from shared.domain.access.caller import NOBODY, Caller
from shared.domain.access.policy_rule import parse_policy
from shared.domain.errors import Rejected
from shared.domain.jobs.decision import Decision, DecisionKind
from shared.steps.decisions.decide import decide
from shared.steps.decisions.refusals import CannotDecide
from shared.steps.rollback.rollback import roll_back
from shared.steps.views.jobs import describe_job
from tests.fakes.engine import Crash, FakeEngine
from tests.fakes.world import READS_CONNECTIONS, World, make_world, package

ANN = Caller("ann@example.org")
WRITES, TRAFFIC = "approval: writes\n", "approval: traffic\n"
CALLS = 12
"""Enough for the second deployment of an endpoint to come to its approval and look a few times."""


def say(
    world: World, job: str, kind: DecisionKind, caller: Caller | None = ANN, reason: str = ""
) -> Decision | None:
    return decide(world.ports, job, kind, reason=reason, caller=caller)


def asking(approval: str, more: str = "") -> bytes:
    return package(more, deploy__yaml=READS_CONNECTIONS + approval)


class Steered(FakeEngine):
    """Decides before that activity (from 0), if the job takes it; may die right after."""

    def __init__(
        self, world: World, kind: DecisionKind, number: int | None = None, *, crash: bool = False
    ) -> None:
        super().__init__(world.ports, world.clock)
        self._world, self._kind, self._number, self._crash = world, kind, number, crash
        self.during, self.said = "", "(ended)"
        self.before = self._at

    def _at(self, name: str, given: Any) -> None:
        if name == "step" and given["kind"] == "undo":
            self._world.workspace.settle()  # Azure ends what was begun, whether it is polled or not
        asks = given.get("kind") == "approval" and given["tries"] == 2
        if self.during or not (
            asks if self._number is None else len(self.calls) - 1 == self._number
        ):
            return
        self.during = "publish" if name == "publish" else given["kind"]
        try:
            say(self._world, given["job"], self._kind, reason="as agreed")
            self.said = "recorded"
        except CannotDecide as cannot:
            self.said = str(cannot).replace(given["job"], "JOB")
        self.wake()
        if self._crash:
            raise Crash


def second(
    world: World, approval: str, kind: DecisionKind, number: int, *, crash: bool
) -> tuple[str, Steered]:
    """Decide about the second deployment of an endpoint at one of its calls."""
    world.deploy()
    job = world.drop(content=asking(approval, "# 2\n"))
    engine = Steered(world, kind, number, crash=crash)
    try:
        return engine.run(job), engine
    except Crash:
        world.workspace.settle()
        return world.engine.run(job), engine


@pytest.mark.parametrize("crash", [False, True])
@pytest.mark.parametrize("kind", ["approve", "reject"])
@pytest.mark.parametrize("approval", [WRITES, TRAFFIC])
@pytest.mark.parametrize("number", range(CALLS))
def test_a_decision_at_any_call_counts_also_if_the_engine_dies_right_after(
    world: World, number: int, approval: str, kind: DecisionKind, *, crash: bool
):
    outcome, engine = second(world, approval, kind, number, crash=crash)
    first = world.bus.results[0].event["data"]["deployment"]

    assert world.ledger.open_jobs() == ()
    if engine.said != "recorded":
        assert outcome == "failed"  # nobody decided in time
        assert world.last["diagnosis"]["case"] == "Nobody approved it in time"
    elif kind == "approve":
        assert outcome == "succeeded"
        assert world.traffic()[world.last["deployment"]] == 100
        return
    else:
        assert outcome == "rejected"
        assert world.last["decision"]["by"] == "ann@example.org"
    assert world.traffic() == {first: 100}
    assert [it.name for it in world.workspace.deployments("hello")] == [first]


def test_a_job_waits_for_its_approval_before_its_first_write(world: World):
    engine = Steered(world, "approve")
    writes: list[int] = []
    looked = engine._at

    def before(name: str, given: Any) -> None:
        if given.get("kind") == "approval":
            writes.append(len(world.writes))
        looked(name, given)

    engine.before = before
    assert engine.run(world.drop(content=asking(WRITES))) == "succeeded"

    assert set(writes) == {0}
    assert engine.said == "recorded"


def test_a_job_waits_for_its_approval_once_the_new_deployment_is_tested(world: World):
    world.deploy()
    engine = Steered(world, "approve")
    job = world.drop(content=asking(TRAFFIC, "# 2\n"))

    assert engine.run(job) == "succeeded"

    kinds = [it["kind"] for it in (describe_job(world.ports, job) or {})["steps"]]
    at = kinds.index("approval")
    assert kinds[at - 1] == "smoke_test"
    assert kinds[at + 1] == "set_traffic"


def test_a_job_that_waits_says_how_to_approve_it(world: World):
    shown: list[Any] = []
    engine = Steered(world, "approve")
    looked = engine._at

    def before(name: str, given: Any) -> None:
        if given.get("kind") == "approval" and given["tries"] == 2:
            shown.append(describe_job(world.ports, given["job"]))
        looked(name, given)

    engine.before = before
    job = world.drop(content=asking(WRITES))
    engine.run(job)

    assert shown[0]["state"] == "waiting"
    assert shown[0]["phase"]["text"] == "Waiting for a person to approve it"
    assert f"sluice approve {job}" in shown[0]["phase"]["note"]
    steps = (describe_job(world.ports, job) or {})["steps"]
    notes = [it["note"] for it in steps if it["kind"] == "approval"]
    assert notes == ["Approved by ann@example.org (as agreed)"]


@pytest.mark.parametrize(
    ("approval", "effect"),
    [(WRITES, "nothing was changed"), (TRAFFIC, "what it had changed was put back")],
)
def test_a_rejected_job_says_who_and_why(world: World, approval: str, effect: str):
    world.deploy()
    engine = Steered(world, "reject")

    assert engine.run(world.drop(content=asking(approval, "# 2\n"))) == "rejected"

    [finding] = world.last["findings"]
    assert finding["cause"] == "A person rejected it: by ann@example.org (as agreed)"
    assert world.last["decision"]["kind"] == "reject"
    assert world.last["decision"]["effect"] == effect


def test_a_rejection_goes_before_an_approval_that_was_not_followed(world: World):
    job = world.drop(content=asking(TRAFFIC))
    engine = Steered(world, "approve", 6)  # the deployment is being created

    def before(name: str, given: Any) -> None:
        engine._at(name, given)
        if len(engine.calls) - 1 == 7:
            say(world, job, "reject")

    engine.before = before
    assert engine.run(job) == "rejected"


def test_what_was_decided_stays_decided(world: World):
    answers: list[Any] = []
    engine = Steered(world, "approve")

    def before(name: str, given: Any) -> None:
        engine._at(name, given)
        if given.get("kind") == "set_traffic" and not answers:
            answers.append(say(world, given["job"], "approve"))
            with pytest.raises(CannotDecide, match=r"was approved by ann@example.org"):
                say(world, given["job"], "reject")

    engine.before = before
    engine.run(world.drop(content=asking(TRAFFIC)))

    assert answers[0].reason == "as agreed"


def test_a_rejected_job_cannot_be_approved_any_more(world: World):
    refused: list[str] = []
    engine = Steered(world, "reject")

    def before(name: str, given: Any) -> None:
        engine._at(name, given)
        if engine.said == "recorded" and not refused:
            with pytest.raises(CannotDecide, match="was rejected by ann") as told:
                say(world, given["job"], "approve")
            refused.append(str(told.value))

    engine.before = before
    assert engine.run(world.drop(content=asking(WRITES))) == "rejected"
    assert refused


def test_a_newer_drop_supersedes_a_job_that_waits(world: World):
    world.deploy()
    newer: list[str] = []

    def before(name: str, given: Any) -> None:
        del name
        if given.get("kind") == "undo":
            world.workspace.settle()
        if given.get("kind") == "approval" and given["tries"] == 2 and not newer:
            newer.append(world.drop(content=package("# 3\n")))
            world.ledger.queue_job("hello", newer[0], "2026-02-01T00:00:00Z/2026-02-01T00:00:00Z")

    engine = FakeEngine(world.ports, world.clock, before)
    job = world.drop(content=asking(TRAFFIC, "# 2\n"))

    assert engine.run(job) == "superseded"
    assert world.last["superseded_by"] == newer[0]
    assert len(world.workspace.deployments("hello")) == 1  # its own is deleted


def test_a_plan_without_anything_to_do_needs_no_approval(world: World):
    world.deploy(content=asking("approval: none\n"))

    again = world.deploy(name="hello", content=asking(WRITES))

    assert again["outcome"] == "unchanged"


def test_a_deployment_that_serves_and_is_replaced_in_place_is_approved_first(world: World):
    fixed = "deployment: {name: blue}\n"
    world.deploy(content=package(deploy__yaml=fixed))
    engine = Steered(world, "reject")
    before = len(world.writes)

    job = world.drop(content=package("# 2\n", deploy__yaml=fixed + TRAFFIC))
    assert engine.run(job) == "rejected"

    assert len(world.writes) == before


def test_a_rollback_needs_no_approval(make: Callable[..., World]):
    rule = '[{"prefix": "", "endpoints": ["*"], "connections": ["*"], "approval": "writes"}]'
    world = make(policy=parse_policy(rule))
    for more in ("", "# 2\n"):
        Steered(world, "approve").run(world.drop(content=package(more)))

    back = roll_back(world.ports, "hello", key="k", reason="", caller=ANN)  # type: ignore[arg-type]

    assert world.engine.run(back.accepted.job) == "succeeded"


@pytest.mark.parametrize("asked", ["", "approval: none\n", TRAFFIC])
def test_a_rule_demands_the_least_approval(make: Callable[..., World], asked: str):
    rule = '[{"prefix": "", "endpoints": ["*"], "connections": ["*"], "approval": "writes"}]'
    world = make(policy=parse_policy(rule))

    assert world.engine.run(world.drop(content=asking(asked))) == "failed"

    assert world.writes == []
    assert world.last["diagnosis"]["case"] == "Nobody approved it in time"


APPROVERS = """
[{"prefix": "", "endpoints": ["*"], "connections": ["*"], "callers": ["ann@example.org"],
  "approval": "writes", "approvers": ["bob@example.org", "role:Approvers"]}]
"""


@pytest.mark.parametrize(
    "stranger", [None, NOBODY, ANN, Caller("bob"), Caller("eve@example.org", ("Deployers",))]
)
@pytest.mark.parametrize("kind", ["approve", "reject"])
def test_only_approvers_approve_and_reject(
    make: Callable[..., World], stranger: Caller | None, kind: DecisionKind
):
    world = make(policy=parse_policy(APPROVERS))
    job = world.drop(content=package())
    refused: list[str] = []

    def before(name: str, given: Any) -> None:
        del name
        if given.get("kind") == "approval" and not refused:
            with pytest.raises(Rejected, match="not among those who may approve") as told:
                say(world, job, kind, stranger)
            refused.append(str(told.value))
            say(world, job, "approve", Caller("dan@example.org", ("Approvers",)))

    assert FakeEngine(world.ports, world.clock, before).run(job) == "succeeded"
    assert refused


def test_without_approvers_the_sender_of_a_message_may_approve(world: World):
    engine = Steered(world, "approve", 99)

    def before(name: str, given: Any) -> None:
        del name
        if given.get("kind") == "approval":
            say(world, given["job"], "approve", None)

    engine.before = before
    assert engine.run(world.drop(content=asking(WRITES))) == "succeeded"


if __name__ == "__main__":
    rows = Counter[tuple[str, ...]]()
    for approval in (WRITES, TRAFFIC):
        for kind in ("approve", "reject"):
            for crash in (False, True):
                for number in range(CALLS):
                    world = make_world()
                    outcome, engine = second(world, approval, kind, number, crash=crash)
                    effect = (world.last["decision"] or {}).get("effect", "")
                    during = engine.during or "(ended)"
                    rows[approval.strip(), kind, during, engine.said, outcome, effect] += 1
    for (approval, kind, during, said, outcome, effect), count in rows.items():
        print(f"{approval:18} {kind:8} {during:22} {outcome:10} {count:2}  {effect or said}")
