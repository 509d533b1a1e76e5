"""The app dies after every call that changes something, in turn: nothing is lost or doubled.

Each scenario is run once to count its calls, then once for each of them. A crash before a call, or
after one that only reads, leaves the same state as the call before it. After the crash everything
is repeated as in reality: the event or message, and the sweep with a new engine.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest

from shared.domain.failure import Unavailable
from shared.domain.release.release import Limits
from shared.domain.requests.source import RemovalSource
from shared.ports import Answer
from shared.steps.intake.accept import Accepted
from shared.steps.intake.doors import accept_drop, accept_message
from shared.steps.intake.folders import accept_folder_change
from shared.steps.intake.sweep import accept_missed, find_open_jobs
from shared.steps.remove.removal import accept_removal
from tests.fakes.comparisons import BOTH
from tests.fakes.engine import Crash, FakeEngine
from tests.fakes.faults import Breakable
from tests.fakes.world import CODE, FLOW, World, make_world, package, zipped
from tests.unit.kinds.scoring_script.reader import CONDA, SCORE

ENQUEUED = datetime(2026, 1, 1, 0, 30, tzinfo=UTC)
# Metrics without a lag: fewer looks at a stage of a rollout.
LIMITS = Limits(propagation=1200, grant=3600, operation=3600, metrics_lag=0)
COLLECTED = "deployment: {data_collector: {collections: {model_inputs: {enabled: 'true'}}}}\n"


READS = frozenset(
    {"assignments", "find_claim", "connections", "credential", "deployment_log", "deployments"}
    | {
        "endpoint",
        "environment",
        "facts",
        "fetch_package",
        "find_role",
        "known_folders",
        "has_model",
        "has_code",
        "model_type",
    }
    | {
        "has_environment",
        "joined",
        "list",
        "newest_job",
        "open_jobs",
        "operation",
        "own_permissions",
    }
    | {
        "read",
        "releases",
        "released",
        "last_release",
        "request",
        "role_permissions",
        "stat",
        "last_sweep",
        "list_documents",
        "server_time",
        "snapshot",
        "timeline",
    }
    | {
        "usage",
        "user_identity",
        "platform_metrics",
        "token_minutes",
        "quarantined",
        "decisions",
        "hold",
    }
)
"""Calls that change nothing."""


@dataclass
class Killer:
    """Count the calls that change something; kill the app after one of them (from 0)."""

    at: int | None = None
    armed: bool = False
    seen: list[str] = field(default_factory=list)

    def strike(self, fake: Breakable, call: str, *, after: bool) -> None:
        if not self.armed or not after or call in READS:
            return
        name = f"{type(fake).__name__}.{call}"
        if call == "score" and self.seen[-1:] == [name]:
            return  # one of many samples, which change nothing
        self.seen.append(name)
        if len(self.seen) - 1 == self.at:
            self.armed = False
            raise Crash


@contextmanager
def _killed(killer: Killer) -> Iterator[None]:
    """Run the app in the block; the block ends where the app dies."""
    killer.armed = True
    try:
        yield
    except Crash:
        pass
    finally:
        killer.armed = False


@dataclass(frozen=True)
class Scenario:
    """The events of a test, and the results that they must have.

    Args:
        before: prepares the world; the app does not die in it.
        happens: the event, sent again after a crash as its sender would.
        outcomes: of the results, without those of `before`, in any order.
    """

    before: Callable[[World], object]
    happens: Callable[[World], Accepted | None]
    outcomes: tuple[str, ...]


def _upload(content: bytes) -> Callable[[World], object]:
    return lambda world: world.flows.put("hello.zip", content)


def _drop(world: World) -> Accepted | None:
    return accept_drop(world.ports, "hello.zip")


def _message(world: World) -> Accepted | None:
    body = b'{"source": {"blob": "hello.zip"}}'
    return accept_message(world.ports, body, message_id="m", enqueued=ENQUEUED)


def _folder(world: World) -> Accepted | None:
    found = world.flows.stat("hello/say.py")
    assert found is not None
    return accept_folder_change(world.ports, "hello/say.py", found.modified)


def _upload_folder(world: World) -> None:
    world.flows.put("hello/flow.dag.yaml", FLOW.encode())
    world.flows.put("hello/say.py", CODE.encode())


def _upload_with_lost_event(world: World) -> None:
    """An event was lost, long enough ago for the sweep to find it."""
    world.flows.put("hello.zip", package())
    world.clock.now += timedelta(minutes=10)


def _sweep(world: World) -> Accepted | None:
    jobs = accept_missed(world.ports)
    return Accepted(jobs[0], ended=False) if jobs else None


def _remove(world: World) -> Accepted | None:
    source = RemovalSource(endpoint="hello", key="http:k")
    return accept_removal(world.ports, source, door="http")


def _serving(world: World) -> None:
    world.deploy()


def _serving_and_about_to_fail(world: World) -> None:
    """The next version never answers its sample."""
    world.deploy()
    world.scoring.answer(424, {"error": {"message": "boom"}}, times=1000)
    world.flows.put("hello.zip", package("# new\n"))


def _serving_and_about_to_fail_late(world: World) -> None:
    """The next version answers alone, and fails once it has the traffic."""
    world.deploy()
    world.scoring.answer(200, {"answer": "fine"})
    world.scoring.answer(424, {"error": {"message": "boom"}}, times=1000)
    world.flows.put("hello.zip", package("# new\n"))


def _rolling_out(world: World) -> None:
    """The next version gets a part of the traffic first, and does well."""
    _serving(world)
    world.metrics.busy = world.workspace
    rollout = "retain: 0\nrollout: {strategy: canary, bake: PT1M, samples_per_minute: 60}\n"
    world.flows.put("hello.zip", package("# new\n", deploy__yaml=rollout))


def _rolling_out_and_about_to_fail(world: World) -> None:
    """The next version answers its sample, and fails its callers."""
    _serving(world)
    world.metrics.busy, world.metrics.newer_fail = world.workspace, True
    rollout = "rollout: {strategy: canary, keep_failed: false}\n"
    world.flows.put("hello.zip", package("# new\n", deploy__yaml=rollout))


def _compared(world: World) -> None:
    """The next version is compared with the one that serves, and answers alike."""
    _serving(world)
    compared = f"retain: 0\n{BOTH}"
    world.flows.put("hello.zip", package("# new\n", deploy__yaml=compared))


def _compared_and_about_to_fail(world: World) -> None:
    """The next version answers otherwise."""
    _serving(world)
    [old] = world.traffic()
    world.scoring.live = lambda name: Answer(200, {"answer": "yes" if name == old else "no"}, 0.01)
    compared = f"{BOTH}rollout: {{keep_failed: false}}\n"
    world.flows.put("hello.zip", package("# new\n", deploy__yaml=compared))


def _script_in_place_of_a_flow(world: World) -> None:
    """The next version is of another kind, and is compared with the flow by default."""
    _serving(world)
    files = {"score.py": SCORE, "conda.yaml": CONDA, "model/fit.pkl": "fit"}
    retained = "retain: 0\nsmoke_test: {input: {name: Ada}}\n"
    world.flows.put("hello.zip", zipped({**files, "deploy.yaml": retained}))


SCENARIOS = {
    "drop": Scenario(_upload(package()), _drop, ("succeeded",)),
    "message": Scenario(_upload(package()), _message, ("succeeded",)),
    "folder": Scenario(_upload_folder, _folder, ("succeeded",)),
    "lost event": Scenario(_upload_with_lost_event, _sweep, ("succeeded",)),
    "data assets": Scenario(_upload(package(deploy__yaml=COLLECTED)), _drop, ("succeeded",)),
    "undo": Scenario(_serving_and_about_to_fail, _drop, ("failed",)),
    "rollback": Scenario(_serving_and_about_to_fail_late, _drop, ("rolled back", "failed")),
    "canary": Scenario(_rolling_out, _drop, ("succeeded",)),
    "failed gate": Scenario(_rolling_out_and_about_to_fail, _drop, ("rolled back", "failed")),
    "comparison": Scenario(_compared, _drop, ("succeeded",)),
    "failed comparison": Scenario(_compared_and_about_to_fail, _drop, ("failed",)),
    "script": Scenario(_script_in_place_of_a_flow, _drop, ("succeeded",)),
    "removal": Scenario(_serving, _remove, ("succeeded",)),
    "unchanged": Scenario(_serving, _message, ("unchanged",)),
}


def _play(scenario: Scenario, killer: Killer, monkeypatch: pytest.MonkeyPatch) -> World:
    world = make_world(limits=LIMITS)
    scenario.before(world)
    strike = Breakable.strike

    def struck(fake: Breakable, call: str, *, after: bool) -> None:
        killer.strike(fake, call, after=after)
        strike(fake, call, after=after)

    with monkeypatch.context() as patched:
        patched.setattr(Breakable, "strike", struck)
        with _killed(killer):
            accepted = scenario.happens(world)
            if accepted is not None:
                FakeEngine(world.ports, world.clock).run(accepted.job)
    _recover(scenario, world)
    return world


def _recover(scenario: Scenario, world: World) -> None:
    """Two minutes later the sender tries again, and the sweep goes its rounds."""
    world.clock.now += timedelta(minutes=2)
    world.workspace.settle()
    scenario.happens(world)
    for _ in range(3):
        for job in (*find_open_jobs(world.ports), *accept_missed(world.ports)):
            FakeEngine(world.ports, world.clock).run(job)


@pytest.mark.parametrize("name", SCENARIOS)
def test_a_crash_at_any_call_loses_nothing_and_doubles_nothing(
    name: str, monkeypatch: pytest.MonkeyPatch
):
    scenario, counting = SCENARIOS[name], Killer()
    whole = _play(scenario, counting, monkeypatch)
    results_before = len(whole.bus.results) - 1
    assert results_before in {0, 1}
    for number in range(len(counting.seen)):
        killer = Killer(number)
        world = _play(scenario, killer, monkeypatch)
        assert not killer.armed
        _check(scenario, world, results_before, f"after call {number}, {killer.seen[-1]}")
    print(f"{name}: {len(counting.seen)} kills, 0 lost, 0 doubled")
    assert len(counting.seen) >= 10


def _check(scenario: Scenario, world: World, results_before: int, where: str) -> None:
    outcomes = [it.event["data"]["outcome"] for it in world.bus.results[results_before:]]
    assert len(outcomes) == 1, (where, outcomes)
    assert outcomes[0] in scenario.outcomes, (where, world.bus.results[-1].event["data"])
    assert world.ledger.open_jobs() == (), where
    state = world.workspace.endpoint("hello")
    if scenario.happens is _remove:
        assert state is None, where
    else:
        assert state is not None, where
        assert sum(state.traffic.values()) == 100, where
        assert len(world.workspace.deployments("hello")) == 1, where
    assert len(set(world.roles.writes)) == len(world.roles.writes), where


def test_a_lost_bus_only_causes_a_delay(monkeypatch: pytest.MonkeyPatch):
    """The bus is down for a whole job, and comes back after the engine has given up sending."""
    world = make_world()
    job = world.drop()
    world.bus.fail("send_result", Unavailable("Gone", "Connection refused."), times=101)
    FakeEngine(world.ports, world.clock).run(job)
    assert world.bus.results == []
    for again in find_open_jobs(world.ports):
        FakeEngine(world.ports, world.clock).run(again)
    assert [it.correlation_id for it in world.bus.results] == [job]
    assert world.ledger.open_jobs() == ()
