"""Rollbacks and holds, on the fakes."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from shared.domain.access.caller import NOBODY, Caller
from shared.domain.access.policy_rule import parse_policy
from shared.domain.errors import Rejected
from shared.domain.failure import Unavailable
from shared.domain.identifiers.names import EndpointName
from shared.domain.jobs.decision import DecisionKind
from shared.domain.jobs.step_report import DECISION_LOOKS
from shared.domain.requests.source import RemovalSource
from shared.steps.decisions.decide import decide
from shared.steps.intake.doors import accept_drop
from shared.steps.remove.removal import accept_removal
from shared.steps.rollback.rollback import resume, roll_back
from shared.steps.views.endpoints import describe_endpoint
from shared.steps.views.jobs import describe_job
from tests.fakes.engine import Crash, FakeEngine, crash_at, run_until
from tests.fakes.world import World, package

HELLO = EndpointName("hello")
ANN = Caller("ann@example.org")
FIXED = "deployment: {name: main}\n"


def back(world: World, key: str = "k", reason: str = "", caller: Caller = ANN) -> str:
    """Request a rollback and return its job."""
    found = roll_back(world.ports, HELLO, key=key, reason=reason, caller=caller)
    return found.accepted.job


def drop(world: World, more: str) -> str:
    """Drop a flow now, by storage's clock, and return its job."""
    return drop_as(world, package(more))


def drop_as(world: World, content: bytes) -> str:
    world.flows.put("hello.zip", content, modified=world.flows.clock())
    taken = accept_drop(world.ports, "hello.zip")
    assert taken is not None
    return taken.job


def run_until_waiting(world: World, job: str) -> None:
    """Run the job until it waits for a person."""
    run_until(world.ports, world.clock, job, lambda _, given: bool(given.get("person")))


def test_a_rollback_gives_the_traffic_to_the_previous_deployment_that_still_runs(world: World):
    first, second = world.deploy(), world.deploy(content=package("# bad\n"))
    assert world.traffic() == {second["deployment"]: 100}
    before = len(world.workspace.writes)

    world.engine.run(back(world, reason="it answers nonsense"))

    assert world.last["outcome"] == "succeeded", world.last
    assert world.traffic() == {first["deployment"]: 100}
    assert [it[0] for it in world.workspace.writes[before:]] == ["set_traffic"]


def test_a_rollback_deploys_the_previous_release_if_its_deployment_is_gone(world: World):
    first = world.deploy()
    world.deploy(content=package("# bad\n", deploy__yaml="retain: 0\n"))
    assert first["deployment"] not in [it.name for it in world.workspace.deployments("hello")]

    world.engine.run(back(world))

    assert world.last["outcome"] == "succeeded", world.last
    assert world.traffic() == {first["deployment"]: 100}


def test_a_fixed_name_is_put_back_as_the_previous_release_asked(world: World):
    first = world.deploy(content=package(deploy__yaml=FIXED))
    world.deploy(content=package("# bad\n", deploy__yaml=FIXED))

    world.engine.run(back(world))

    assert world.last["outcome"] == "succeeded", world.last
    assert world.last["digest"] == first["digest"]
    (state,) = world.workspace.deployments("hello")
    assert state.model.endswith(first["digest"])


def test_a_second_rollback_goes_one_release_further_back(world: World):
    first = world.deploy()
    world.deploy(content=package("# 2\n", deploy__yaml="retain: 5\n"))
    world.deploy(content=package("# 3\n", deploy__yaml="retain: 5\n"))

    world.engine.run(back(world, "k1"))
    world.engine.run(back(world, "k2"))

    assert world.traffic() == {first["deployment"]: 100}
    with pytest.raises(Rejected, match="Nothing else has served there"):
        back(world, "k3")


def test_a_release_after_a_rollback_can_be_rolled_back_to_what_the_rollback_restored(world: World):
    first = world.deploy()
    world.deploy(content=package("# 2\n", deploy__yaml="retain: 5\n"))
    world.engine.run(back(world, "k1"))
    resume(world.ports, HELLO, ANN)
    world.engine.run(drop(world, "# 3\n"))
    assert world.last["outcome"] == "succeeded"

    world.engine.run(back(world, "k2"))

    assert world.traffic() == {first["deployment"]: 100}


def test_the_same_key_is_the_same_rollback_also_after_its_end(world: World):
    world.deploy()
    world.deploy(content=package("# bad\n"))
    job = back(world, "k")
    assert back(world, "another key while it runs") == job
    world.engine.run(job)

    assert back(world, "k") == job
    assert len(world.bus.results) == 3


CALLS = 20
"""At least as many calls of the ledger as a request for a rollback makes."""


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("dropped", [False, True])
@pytest.mark.parametrize("number", range(CALLS))
def test_two_people_roll_back_at_once_and_it_is_one_rollback(
    world: World, number: int, *, dropped: bool, after: bool
):
    """The second asks at that call of the first, who may have been first all the same."""
    first = world.deploy()
    world.deploy(content=package("# bad\n"))
    second: list[str] = []
    seen = iter(range(1_000))

    def watch(fake: object, call: str, late: bool) -> None:
        del fake, call
        if late != after or second or next(seen) != number:
            return
        second.append("")
        if dropped:
            job = drop(world, "# waits\n")
            world.ledger.queue_job("hello", job, "2027-01-01T00:00:00Z/2027-01-01T00:00:00Z")
        second[0] = back(world, "second")

    world.ledger.watch = watch
    job = back(world, "first")

    assert second in ([job], [])
    assert [it.job for it in world.ledger.requests if it.is_rollback] == [job]
    assert world.engine.run(job) == "succeeded"
    assert world.traffic() == {first["deployment"]: 100}
    hold = world.ledger.hold("hello")
    assert hold is not None
    assert hold.job == job


def test_a_second_rollback_joins_one_that_runs_though_something_was_dropped_since(world: World):
    world.deploy()
    world.deploy(content=package("# bad\n"))
    job = back(world, "k1")
    run_until_waiting(world, drop(world, "# newer\n"))

    assert back(world, "k2") == job


def test_a_rollback_whose_caller_died_is_made_by_the_next_one(world: World):
    first = world.deploy()
    world.deploy(content=package("# bad\n"))
    world.ledger.fail("open_job", Unavailable("Gone", "x"))
    with pytest.raises(Unavailable):
        back(world, "k1")
    hold = world.ledger.hold("hello")
    assert hold is not None

    assert back(world, "k2") == hold.job
    assert world.engine.run(hold.job) == "succeeded"
    assert world.traffic() == {first["deployment"]: 100}
    assert back(world, "k1") == hold.job


def test_what_is_dropped_after_a_rollback_waits_until_the_endpoint_is_resumed(world: World):
    first = world.deploy()
    world.deploy(content=package("# bad\n"))
    world.engine.run(back(world, reason="it answers nonsense"))

    job = drop(world, "# better\n")
    run_until_waiting(world, job)

    shown = describe_job(world.ports, job)
    assert shown is not None
    assert shown["state"] == "waiting"
    (waits,) = [it for it in shown["steps"] if it["state"] == "waiting"]
    assert "by ann@example.org (it answers nonsense)" in waits["note"]
    assert "sluice resume hello" in waits["note"]
    assert world.traffic() == {first["deployment"]: 100}
    endpoint = describe_endpoint(world.ports, HELLO)
    assert endpoint is not None
    assert endpoint["hold"]["by"] == "ann@example.org"

    assert resume(world.ports, HELLO, ANN) == job
    world.engine.run(job)

    assert world.last["outcome"] == "succeeded"
    endpoint = describe_endpoint(world.ports, HELLO)
    assert endpoint is not None
    assert endpoint["hold"] is None


def test_a_job_that_waits_at_a_hold_leaves_the_turn_free_and_gives_way_to_a_newer_one(world: World):
    world.deploy()
    world.deploy(content=package("# bad\n"))
    world.engine.run(back(world))
    older = drop(world, "# 3\n")
    run_until_waiting(world, older)
    assert world.turns.holder("hello") is None
    newer = drop(world, "# 4\n")
    run_until_waiting(world, newer)

    assert world.engine.run(older) == "superseded"
    assert resume(world.ports, HELLO, ANN) == newer


def test_a_drop_during_a_rollback_does_not_stop_it(world: World):
    first = world.deploy()
    world.deploy(content=package("# bad\n"))
    job = back(world)
    run_until_waiting(world, drop(world, "# newer\n"))

    assert world.engine.run(job) == "succeeded"
    assert world.traffic() == {first["deployment"]: 100}


def test_a_rollback_while_another_job_only_waits_goes_back_from_what_serves(world: World):
    first = world.deploy()
    world.deploy(content=package("# bad\n"))
    drop(world, "# waits\n")

    world.engine.run(back(world))

    assert world.traffic() == {first["deployment"]: 100}


@pytest.mark.parametrize("calls", range(1, 30))
def test_a_rollback_during_a_deployment_leaves_a_release_that_was_good(world: World, calls: int):
    """The host dies anywhere in a deployment; then somebody rolls back."""
    good = [world.deploy()["deployment"], world.deploy(content=package("# 2\n"))["deployment"]]
    job = drop(world, "# 3\n")
    try:
        FakeEngine(world.ports, world.clock, crash_at(calls)).run(job)
    except Crash:
        world.turns.lapse("hello")
    rollback = back(world)
    world.workspace.settle()  # Azure ends what the dead host began

    world.engine.run(job)
    outcome = world.engine.run(rollback)

    assert outcome in {"succeeded", "unchanged"}, world.last
    serving = next(iter(world.traffic()))
    assert world.traffic()[serving] == 100
    assert serving in good


def test_a_deletion_passes_a_hold(world: World):
    world.deploy()
    world.deploy(content=package("# bad\n"))
    world.engine.run(back(world))

    asked = RemovalSource(endpoint="hello", key="2")
    job = accept_removal(world.ports, asked, door="http", caller=ANN).job

    assert world.engine.run(job) == "succeeded"


def test_a_job_waits_thirty_days_at_a_hold_then_fails_and_says_what_to_do(world: World):
    world.deploy()
    world.deploy(content=package("# bad\n"))
    world.engine.run(back(world))
    begun = world.clock.now

    job = drop(world, "# 3\n")

    assert world.engine.run(job) == "failed"
    assert world.clock.now - begun >= timedelta(days=30)
    assert world.last["diagnosis"]["code"] == "HoldLimit"
    assert "sluice resume" in world.last["diagnosis"]["remedy"]
    looks = [given for name, given in world.engine.calls if given.get("person")]
    assert len(looks) <= timedelta(days=30).total_seconds() / DECISION_LOOKS + 1
    assert len(world.ledger.timeline(job)) < 20  # Azure appends 50,000 times to a blob


def test_there_is_nothing_to_roll_back_to(world: World):
    with pytest.raises(Rejected, match="Sluice has released nothing to it"):
        back(world)
    world.deploy()
    with pytest.raises(Rejected, match="Nothing else has served there"):
        back(world)
    assert world.ledger.hold("hello") is None


def test_who_may_not_deploy_may_not_roll_back_or_resume(make: Callable[..., World]):
    rule = '[{"prefix": "", "endpoints": ["*"], "callers": ["ann@example.org"]}]'
    world = make(policy=parse_policy(rule))
    plain = "access: {connection_secrets: false}\n"
    world.deploy(content=package(deploy__yaml=plain))
    world.deploy(content=package("# bad\n", deploy__yaml=plain))

    for stranger in (NOBODY, Caller("eve@example.org")):
        with pytest.raises(Rejected, match="No rule of the policy lets"):
            back(world, caller=stranger)
        with pytest.raises(Rejected, match="No rule of the policy lets"):
            resume(world.ports, HELLO, stranger)

    assert world.ledger.hold("hello") is None
    assert back(world)


CANARY = "rollout: {strategy: canary, percent: 10, bake: PT10M}\n"


def _until_watched(world: World, job: str) -> None:
    """Run a job until it watches its first stage."""

    def watches(name: str, given: Any) -> bool:
        return name == "step" and given["kind"] == "bake" and given["tries"] > 1

    run_until(world.ports, world.clock, job, watches)


@pytest.mark.parametrize("mirror", ["", "mirror: {percent: 20, bake: PT5M}, "])
def test_a_rollback_during_a_rollout_puts_back_what_served_before_it(world: World, mirror: str):
    older = world.deploy(content=package("# 0\n"))["deployment"]
    first = world.deploy(content=package("# 1\n"))["deployment"]
    canary = CANARY.replace("{strategy", f"{{{mirror}strategy")
    job = world.drop(content=package("# 2\n", deploy__yaml=canary))
    _until_watched(world, job)
    state = world.workspace.endpoint("hello")
    assert state is not None
    assert (state.mirror_traffic if mirror else state.traffic) != {first: 100}

    rollback = back(world)

    assert world.engine.run(job) == "superseded"
    assert world.traffic() == {first: 100}
    assert world.engine.run(rollback) in {"succeeded", "unchanged"}
    assert world.traffic() == {first: 100}
    assert older in [it.name for it in world.workspace.deployments("hello")]
    assert world.ledger.hold("hello") is not None


@pytest.mark.parametrize("keep", [True, False])
def test_an_aborted_rollout_keeps_its_deployment_if_the_setting_says_so(
    world: World, *, keep: bool
):
    """As a failed gate does; the content is not in quarantine, and may be dropped again."""
    first = world.deploy(content=package("# 1\n"))["deployment"]
    manifest = CANARY.replace("bake", f"keep_failed: {str(keep).lower()}, bake")
    job = world.drop(content=package("# 2\n", deploy__yaml=manifest))
    _until_watched(world, job)
    decide(world.ports, job, "abort", reason="", caller=ANN)
    assert world.engine.run(job) == "rolled back"

    assert world.traffic() == {first: 100}
    assert len(world.workspace.deployments("hello")) == 1 + keep

    again = drop_as(world, package("# 2\n", deploy__yaml="retain: 0\n"))
    assert world.engine.run(again) == "succeeded", world.last
    (serving,) = world.workspace.deployments("hello")
    assert world.traffic() == {serving.name: 100}


def test_an_aborted_rollout_goes_back_and_a_promoted_one_gets_all_traffic(world: World):
    first = world.deploy(content=package("# 1\n"))["deployment"]
    wanted: tuple[tuple[DecisionKind, str], ...] = (
        ("abort", "rolled back"),
        ("promote", "succeeded"),
    )
    for kind, expected in wanted:
        job = world.drop(content=package(f"# {kind}\n", deploy__yaml=CANARY))
        _until_watched(world, job)
        assert decide(world.ports, job, kind, reason="seen", caller=ANN)

        assert world.engine.run(job) == expected, world.last
        if kind == "abort":
            assert world.traffic() == {first: 100}
            assert "ann@example.org (seen)" in world.last["diagnosis"]["message"]
            assert world.ledger.quarantined("hello", world.last["digest"]) is None
    assert world.traffic() == {world.last["deployment"]: 100}
