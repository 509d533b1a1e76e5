"""Rollouts of whole jobs on fakes: callers, metrics that lag, a clock of their own."""

import random
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any

import pytest

from shared.domain.failure import Denied, Unavailable
from shared.domain.jobs.decision import Decision, DecisionKind
from shared.domain.requests.request_body import Asked, AskedSource
from shared.steps.intake.accept import Requester, accept_request
from shared.steps.intake.doors import accept_drop
from shared.steps.intake.sweep import find_open_jobs
from shared.steps.views.jobs import describe_job
from tests.fakes.engine import Crash, FakeEngine
from tests.fakes.inventory import FACTS
from tests.fakes.rollouts import CANARY, LINEAR, MIRROR, VERSIONS, Played, play
from tests.fakes.world import World, package

GOOD, FAILS = VERSIONS["good"], VERSIONS["fails 1 in 5"]
SHORT = "rollout: {strategy: canary, bake: PT1M, samples_per_minute: 60}\n"


def writes(played: Played) -> list[dict[str, int]]:
    """Every change of the traffic, with `old` and `new` for the deployments' names."""
    name = {played.new: "new"}
    return [
        {name.get(to, "old"): share for to, share in given.items() if share}
        for kind, _, given in played.world.workspace.writes
        if kind == "set_traffic"
    ][1:]


def test_a_good_version_gets_a_part_of_the_traffic_and_then_all():
    played = play(GOOD, 50, 1)

    assert played.outcome == "succeeded"
    assert writes(played) == [{"new": 10, "old": 90}, {"new": 100}]
    [verdict] = played.result["verdicts"]
    assert verdict["outcome"] == "passed"
    assert verdict["figures"]["traffic"]["new"]["requests"] >= 69


@pytest.mark.parametrize("version", ["fails 1 in 5", "3 x slower", "times out"])
@pytest.mark.parametrize("manifest", [CANARY, LINEAR, MIRROR])
def test_a_bad_version_is_sent_back_with_figures_and_kept_without_traffic(
    version: str, manifest: str
):
    played = play(VERSIONS[version], 50, 1, manifest)

    assert played.outcome == "rolled back"
    assert writes(played)[-1] == {"old": 100}
    assert played.result["diagnosis"]["code"] == "GateFailed"
    assert "p = " in played.result["diagnosis"]["message"]
    kept = {it.name for it in played.world.workspace.deployments("hello")}
    assert played.new in kept
    state = played.world.workspace.endpoint("hello")
    assert state is not None
    assert not any(state.mirror_traffic.values())


def test_a_linear_rollout_adds_a_step_at_each_interval():
    played = play(GOOD, 500, 1, LINEAR)

    assert played.outcome == "succeeded"
    assert [it.get("new") for it in writes(played)] == [25, 50, 75, 100]
    assert len(played.result["verdicts"]) == 3


def test_mirrored_traffic_comes_first_and_ends_with_the_first_live_traffic():
    played = play(GOOD, 500, 1, MIRROR)

    assert played.outcome == "succeeded"
    shares = [
        (live.get(played.new, 0), mirror.get(played.new, 0)) for _, live, mirror in played.traffic
    ]
    assert shares == [(0, 20), (10, 0), (100, 0)]


def test_without_traffic_samples_decide_and_are_counted_apart():
    played = play(GOOD, 0, 1)

    assert played.outcome == "succeeded"
    figures = played.result["verdicts"][0]["figures"]
    assert figures["traffic"]["new"]["requests"] == 0
    assert 69 <= figures["samples"]["new"]["requests"] <= 120
    assert figures["samples"]["old"]["requests"] == figures["samples"]["new"]["requests"]


def test_without_traffic_a_bad_version_is_sent_back_too():
    assert play(FAILS, 0, 1).outcome == "rolled back"


def test_missing_metrics_hold_the_stage_and_then_send_it_back():
    played = play(GOOD, 50, 1, shown=False)

    assert played.outcome == "rolled back"
    assert played.result["verdicts"][0]["outcome"] == "undecided"
    assert played.result["diagnosis"]["code"] == "NoVerdict"
    assert "Azure's metrics show no request" in played.result["diagnosis"]["message"]
    assert played.minutes >= 15 + 5 + 30
    assert played.new in {it.name for it in played.world.workspace.deployments("hello")}
    assert played.world.ledger.quarantined("hello", played.result["digest"]) is None


@pytest.mark.parametrize(
    ("failure", "told"),
    [
        (
            Denied("AuthorizationFailed", "No right to read.", status=403),
            "Monitoring Reader",
        ),
        (Unavailable("ServerBusy", "later"), "ServerBusy"),
    ],
)
def test_metrics_that_cannot_be_read_hold_the_stage(
    failure: Exception, told: str, serving: Callable[..., World]
):
    world = serving(CANARY)
    world.metrics.fail("platform_metrics", failure, times=1000)
    world.engine.run(accept(world))

    assert world.last["outcome"] == "rolled back"
    assert told in world.last["diagnosis"]["message"]


def test_throttled_metrics_are_asked_again_only_after_their_retry_after(
    serving: Callable[..., World],
):
    world, asked = serving(CANARY), list[datetime]()
    failure = Unavailable("Throttled", "Slow down", status=429, retry_after=200)
    world.metrics.fail("platform_metrics", failure)
    world.metrics.watch = lambda _fake, call, after: (
        asked.append(world.clock.now) if call == "platform_metrics" and not after else None
    )
    world.engine.run(accept(world))

    assert asked[1] - asked[0] >= timedelta(seconds=200)
    assert len(asked) > 5


def test_a_version_that_takes_twice_the_tokens_is_sent_back(serving: Callable[..., World]):
    facts = replace(FACTS, application_insights_id="/components/c")
    manifest = f"{CANARY}deployment: {{app_insights_enabled: true}}\n"
    world = serving(manifest, workspace={"facts": facts})
    world.metrics.newer_tokens = 200.0
    world.engine.run(accept(world))

    assert world.last["outcome"] == "rolled back"
    assert "tokens of the traffic: above 1.5 times" in world.last["diagnosis"]["message"]


def test_the_first_deployment_of_an_endpoint_gets_all_traffic_at_once(world: World):
    result = world.deploy(content=package(deploy__yaml=CANARY))

    assert result["outcome"] == "succeeded"
    assert result["verdicts"] == []


def test_a_failed_deployment_is_deleted_if_the_manifest_says_so():
    manifest = "rollout: {strategy: canary, keep_failed: false}\n"
    played = play(FAILS, 50, 1, manifest)

    assert played.outcome == "rolled back"
    assert played.new not in {it.name for it in played.world.workspace.deployments("hello")}


def test_content_that_failed_a_gate_is_rejected_until_somebody_forces_it():
    played = play(FAILS, 50, 1)
    world = played.world
    world.scoring.live = None

    again = world.deploy(content=package("# new\n", deploy__yaml="retain: 2\n"))

    assert again["outcome"] == "rejected"
    [finding] = again["findings"]
    assert "5 of 21 requests" in finding["cause"]
    assert "force: true" in finding["remedy"]

    asked = Asked(source=AskedSource(blob="hello.zip"), force=True)
    world.engine.run(accept_request(world.ports, asked, Requester("http")).job)
    assert world.last["outcome"] == "succeeded"
    assert world.ledger.quarantined("hello", world.last["digest"]) is None


def test_other_content_is_not_in_quarantine():
    world = play(FAILS, 50, 1).world
    world.scoring.live = None

    assert world.deploy(content=package("# mended\n"))["outcome"] == "succeeded"


def test_a_job_shows_its_verdicts_while_it_runs():
    shown = list[Any]()
    played = play(GOOD, 500, 1, LINEAR)
    job = played.result["job"]

    view = describe_job(played.world.ports, job)

    assert view is not None
    shown = [(it["stage"], it["percent"], it["outcome"]) for it in view["verdicts"]]
    assert shown == [(1, 25, "passed"), (2, 50, "passed"), (3, 75, "passed")]


@pytest.fixture
def serving(make: Callable[..., World]) -> Callable[..., World]:
    """A world that serves, with a new version about to be dropped."""

    def made(manifest: str, **given: Any) -> World:
        world = make(**given)
        world.deploy()
        world.metrics.busy = world.workspace
        world.flows.put("hello.zip", package("# new\n", deploy__yaml=manifest))
        return world

    return made


def accept(world: World) -> str:
    accepted = accept_drop(world.ports, "hello.zip")
    assert accepted is not None
    return accepted.job


def stop_at(kind: str, tries: int) -> Callable[[str, Any], None]:
    def before(name: str, given: Any) -> None:
        del name
        if given.get("kind") == kind and given["tries"] == tries:
            raise Crash

    return before


def test_a_newer_request_ends_a_rollout_and_the_traffic_goes_back_first(
    serving: Callable[..., World],
):
    world = serving(CANARY)
    [old] = world.traffic()
    first = accept(world)
    newer = list[str]()

    def drop_another(name: str, given: Any) -> None:
        del name
        if given.get("kind") == "bake" and given["tries"] == 3:
            assert world.traffic()[old] == 90
            newer.append(world.drop(content=package("# newer\n")))
            request = world.ledger.request(newer[0])
            assert request is not None
            world.ledger.queue_job("hello", newer[0], request.order)

    world.engine.before = drop_another
    assert world.engine.run(first) == "superseded"
    assert world.traffic() == {old: 100}
    assert world.last["superseded_by"] == newer[0]
    assert [it.name for it in world.workspace.deployments("hello")] == [old]

    world.engine.before = None
    assert world.engine.run(newer[0]) == "succeeded"


def decide_at(world: World, job: str, kind: DecisionKind, tries: int) -> None:
    def before(name: str, given: Any) -> None:
        del name
        if given.get("kind") == "bake" and given["tries"] == tries:
            made = Decision(kind=kind, at="2026-01-01T00:00:00Z", by="ann", reason="no good")
            world.ledger.record_decision(job, made)

    world.engine.before = before


def test_promote_skips_what_is_left_of_every_bake(serving: Callable[..., World]):
    world = serving(LINEAR)
    job = accept(world)
    decide_at(world, job, "promote", 2)

    assert world.engine.run(job) == "succeeded"
    assert [it["outcome"] for it in world.last["verdicts"]] == ["promoted"] * 3
    assert world.last["verdicts"][0]["words"] == "Promoted by ann (no good)"


def test_abort_puts_the_traffic_back_and_says_who(serving: Callable[..., World]):
    world = serving(LINEAR)
    [old] = world.traffic()
    job = accept(world)
    decide_at(world, job, "abort", 2)

    assert world.engine.run(job) == "rolled back"
    assert world.traffic() == {old: 100}
    assert world.last["diagnosis"]["code"] == "Aborted"
    assert "ann (no good)" in world.last["diagnosis"]["message"]
    assert world.ledger.quarantined("hello", world.last["digest"]) is None


def test_a_lost_engine_watches_on_from_the_same_begin(serving: Callable[..., World]):
    world = serving(CANARY)
    job = accept(world)
    world.engine.before = stop_at("bake", 5)
    with pytest.raises(Crash):
        world.engine.run(job)
    began = world.ledger.read(job, "stage-1")
    world.workspace.settle()

    assert find_open_jobs(world.ports) == (job,)
    assert FakeEngine(world.ports, world.clock).run(job) == "succeeded"
    assert world.ledger.read(job, "stage-1") == began
    moves = [given for kind, _, given in world.workspace.writes if kind == "set_traffic"]
    assert len([traffic for traffic, _ in groupby(moves)]) == 3


def test_a_lost_engine_does_not_go_back_to_a_stage_that_is_over(serving: Callable[..., World]):
    linear = "rollout: {strategy: linear, step: 40, interval: PT1M, samples_per_minute: 60}\n"
    world = serving(linear)
    job = accept(world)
    stages = list[Any]()

    def before(name: str, given: Any) -> None:
        del name
        if given.get("kind") == "bake" and given["arguments"]["stage"] == 2:
            raise Crash

    world.engine.before = before
    with pytest.raises(Crash):
        world.engine.run(job)
    world.workspace.settle()
    [new] = [name for name, share in world.traffic().items() if share == 80]

    engine = FakeEngine(
        world.ports, world.clock, lambda name, given: stages.append(world.traffic().get(new))
    )
    assert engine.run(job) == "succeeded"
    assert min(stages) == 80


def test_a_seldom_called_bake_renews_its_turn_in_time(serving: Callable[..., World]):
    world = serving(CANARY)
    world.engine.run(accept(world))

    assert max(world.engine.waits) <= 30


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("rate", [5, 50, 500])
def test_simulated_rollouts_are_seldom_wrong(version: str, rate: int):
    """A few of the runs of `python -m bench.rollouts`, which prints the table."""
    wanted = "passed" if version == "good" else "failed"
    seeds = random.Random(rate).sample(range(1000), 4)
    outcomes = [
        play(VERSIONS[version], rate, seed).result["verdicts"][-1]["outcome"] for seed in seeds
    ]

    assert sum(it != wanted for it in outcomes) <= 1, outcomes
