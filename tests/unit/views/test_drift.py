"""Drift is told once, when two looks saw it, and repaired only if the policy asks for it."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from shared.domain.access.policy_rule import parse_policy
from shared.domain.access.roles import CONNECTION_SECRETS_READER
from shared.domain.failure import Unavailable
from shared.domain.identifiers.names import EndpointName
from shared.domain.requests.hold import Hold
from shared.domain.requests.source import RemovalSource
from shared.ports import Ports
from shared.steps.drift import find_drift
from shared.steps.remove.removal import accept_removal
from shared.steps.views.endpoints import describe_endpoint
from tests.fakes.world import World, make_world, package

EVERY = 900.0
REPAIRS = parse_policy('[{"prefix": "", "endpoints": ["*"], "connections": ["*"], "repair": true}]')
SETTINGS = "deployment: {instance_count: 1, environment_variables: {A: a-secret, B: b}}\n"


@pytest.fixture
def world() -> World:
    made = make_world(drift_every=EVERY)
    made.deploy(content=package(deploy__yaml=SETTINGS))
    return made


def _look(world: World) -> tuple[str, ...]:
    world.clock.now += timedelta(seconds=EVERY)
    return find_drift(world.ports)


def _events(world: World) -> list[dict[str, Any]]:
    events = (it.event for it in world.bus.results)
    return [it for it in events if it["type"] == "sluice.endpoint.drifted"]


def _change(world: World, **given: Any) -> None:
    for key, state in world.workspace.there.deployments.items():
        world.workspace.there.deployments[key] = replace(state, **given)


def _no_traffic(world: World) -> None:
    there = world.workspace.there.endpoints
    there["hello"] = replace(there["hello"], traffic={})


def _delete(world: World) -> None:
    world.workspace.there.endpoints.clear()
    world.workspace.there.deployments.clear()


CHANGES: dict[str, tuple[Callable[[World], None], str, Any, Any]] = {
    "a scaled deployment": (lambda it: _change(it, instance_count=3), "instance_count", 1, 3),
    "another traffic": (_no_traffic, "traffic", None, {}),
    "a deleted endpoint": (_delete, "endpoint", "there", "gone"),
    "another variable": (
        lambda it: _change(it, environment_variables={"A": "another", "B": "b"}),
        "environment variable A",
        "another value",
        "set",
    ),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_a_difference_is_told_once_after_two_looks(
    world: World, change: tuple[Callable[[World], None], str, Any, Any]
) -> None:
    do, what, asked, found = change
    assert _look(world) == ()
    do(world)
    assert _look(world) == ()
    assert _events(world) == []
    for _ in range(3):
        assert _look(world) == ()
    [event] = _events(world)
    [difference] = event["data"]["differences"]
    assert (difference["what"], difference["found"]) == (what, found)
    assert asked in (None, difference["asked"])
    assert event["data"]["release"]["job"] == world.bus.results[0].event["data"]["job"]
    assert "a-secret" not in str(event)


def test_a_role_that_was_taken_away_is_told(world: World) -> None:
    world.deploy()  # asks for the secrets of connections
    world.roles._assignments.clear()
    for _ in range(2):
        _look(world)
    [event] = _events(world)
    assert [(it["asked"], it["found"]) for it in event["data"]["differences"]] == [
        ("granted", "missing")
    ]
    assert CONNECTION_SECRETS_READER.name in event["data"]["differences"][0]["what"]


def test_a_difference_that_comes_back_is_told_again(world: World) -> None:
    for _ in range(2):
        _change(world, instance_count=3)
        for _ in range(3):
            _look(world)
        _change(world, instance_count=1)
        _look(world)
    first, second = _events(world)
    assert first["data"]["differences"] == second["data"]["differences"]
    assert first["id"] != second["id"]


def test_the_view_shows_settings_that_differ(world: World) -> None:
    _change(world, environment_variables={"A": "a-secret", "C": "c"})
    shown = describe_endpoint(world.ports, EndpointName("hello"))
    assert shown is not None
    assert [it["what"] for it in shown["drift"]] == [
        "environment variable B",
        "environment variable C",
    ]


def test_nothing_is_looked_at_while_a_job_or_an_operation_runs(world: World) -> None:
    _change(world, instance_count=3)
    job = world.drop(content=package("# new"))
    world.ports.ledger.write_once(job, "release", _release_of(world))
    for _ in range(3):
        _look(world)
    assert _events(world) == []
    world.ports.ledger.close_job(job)
    _change(world, provisioning_state="Updating")
    for _ in range(3):
        _look(world)
    assert _events(world) == []


def _release_of(world: World) -> dict[str, Any]:
    job = world.bus.results[0].event["data"]["job"]
    return world.ports.ledger.read(job, "release") or {}


def test_what_sluice_deleted_is_no_drift(world: World) -> None:
    source = RemovalSource(endpoint="hello", key="k")
    _look(world)
    world.engine.run(accept_removal(world.ports, source, door="http").job)
    for _ in range(3):
        _look(world)
    assert _events(world) == []


def test_without_the_setting_nothing_is_looked_at(world: World) -> None:
    world.ports = replace(world.ports, drift_every=0.0)
    before = len(world.workspace.calls)
    for _ in range(3):
        _look(world)
    assert len(world.workspace.calls) == before


def test_a_look_asks_azure_little_and_only_when_it_is_due(world: World) -> None:
    world.deploy("other")
    sides = (world.workspace, world.roles)
    before = [len(it.calls) for it in sides]
    _look(world)
    asked = [it for side, seen in zip(sides, before, strict=True) for it in side.calls[seen:]]
    assert sorted(it for it in asked if it != "facts") == [
        "assignments",  # the one scope that `other` needs a role at
        "deployments",
        "deployments",
        "endpoints",
    ]
    seen = len(world.workspace.calls)
    find_drift(world.ports)
    assert len(world.workspace.calls) == seen


def test_an_event_that_the_bus_did_not_take_is_sent_at_the_next_look(world: World) -> None:
    _change(world, instance_count=3)
    _look(world)
    world.bus.fail("send_result", Unavailable("Gone", "x"))
    _look(world)
    assert _events(world) == []
    _look(world)
    assert len(_events(world)) == 1


def test_a_sweep_that_dies_after_telling_tells_the_same_message(world: World) -> None:
    _change(world, instance_count=3)
    _look(world)
    world.ledger.fail("record_drift", Unavailable("Gone", "x"))
    with pytest.raises(Unavailable):
        _look(world)
    _look(world)
    assert len(_events(world)) == 1  # the queue dropped the second


@pytest.fixture
def mended(world: World) -> World:
    """The same, and a rule of the policy that asks for repair."""
    return _with(world, policy=REPAIRS)


def _with(world: World, **given: Any) -> World:
    ports: Ports = replace(world.ports, **given)
    world.ports = ports
    world.engine = type(world.engine)(ports, world.clock)
    return world


@pytest.mark.parametrize("change", [_no_traffic, _delete], ids=["traffic", "gone"])
def test_a_rule_makes_a_job_of_it(mended: World, change: Callable[[World], None]) -> None:
    _look(mended)
    change(mended)
    assert _look(mended) == ()
    [job] = _look(mended)
    assert _events(mended)[0]["data"]["repair"] == job
    assert mended.engine.run(job) == "succeeded", mended.last
    assert mended.last["door"] == "sweep"
    assert list(mended.traffic().values()) == [100]
    for _ in range(3):
        assert _look(mended) == ()
    assert len(_events(mended)) == 1


def test_a_held_endpoint_is_repaired_only_when_the_hold_has_ended(mended: World) -> None:
    _look(mended)
    _no_traffic(mended)
    mended.ports.ledger.set_hold(
        "hello", Hold(at="2026-01-01T00:00:00Z", by="ann", job="j"), over=None
    )
    for _ in range(4):
        assert _look(mended) == ()
    assert [it["data"]["repair"] for it in _events(mended)] == [None]
    mended.ports.ledger.clear_hold("hello")
    [job] = _look(mended)
    assert [it["data"]["repair"] for it in _events(mended)] == [None, job]
    assert mended.engine.run(job) == "succeeded", mended.last


def test_a_repair_that_fails_is_not_tried_again(mended: World) -> None:
    _look(mended)
    _delete(mended)
    _look(mended)
    [job] = _look(mended)
    mended.workspace.fail_deployment("Internal")
    assert mended.engine.run(job) == "failed", mended.last
    made = len(mended.ledger.requests)
    for _ in range(6):
        for again in _look(mended):
            mended.workspace.fail_deployment("Internal")
            mended.engine.run(again)
    assert len(mended.ledger.requests) <= made + 1
    assert len(_events(mended)) <= 2
