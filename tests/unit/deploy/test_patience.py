"""A permission that is granted and not yet in force, on the fakes."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

import pytest

from tests.fakes.roles import FakeRoles
from tests.fakes.world import World, package
from tests.unit.deploy.test_rights import ENDPOINT, USER


def test_a_late_permission_is_told_as_not_yet_and_not_as_a_failure(make: Callable[..., World]):
    world = make(roles=FakeRoles(force_after=3))
    world.scoring.needs_connection = True

    told = world.deploy()

    notes = [it["note"] for it in world.ledger.timeline(told["job"])]
    assert told["outcome"] == "succeeded"
    assert any("granted and not yet in force" in note for note in notes)


def test_after_each_denial_a_try_begins_as_quickly_as_the_first(make: Callable[..., World]):
    world = make(roles=FakeRoles(force_after=4), workspace={"identities": [USER]})

    told = world.deploy(content=package(deploy__yaml=ENDPOINT))

    puts = [name for name, *_ in world.workspace.writes].count("put_deployment")
    assert told["outcome"] == "succeeded"
    assert puts > 2
    assert world.engine.waits.count(0.1) >= puts


def test_a_permission_that_is_too_late_says_when_it_should_have_been_there(
    make: Callable[..., World],
):
    world = make(roles=FakeRoles(force_after=10_000))
    world.scoring.needs_connection = True

    told = world.deploy()

    assert told["outcome"] == "failed"
    assert "may not read the workspace's connections" in told["diagnosis"]["cause"]
    assert "PROPAGATION_MINUTES" in told["diagnosis"]["remedy"]
    states = {it["key"]: it["state"] for it in world.ledger.timeline(told["job"])}
    assert "waiting" not in states.values()


def test_a_window_that_closes_while_a_denial_is_told_leaves_one_more_try(
    make: Callable[..., World], monkeypatch: pytest.MonkeyPatch
):
    world = make(roles=FakeRoles(force_after=10_000))
    world.scoring.needs_connection = True
    note = world.ledger.note

    def slowly(job: str, event: Mapping[str, Any]) -> None:
        note(job, event)
        if "not yet in force" in event["note"]:
            world.clock.now += timedelta(hours=1)

    monkeypatch.setattr(world.ledger, "note", slowly)
    told = world.deploy()

    assert told["outcome"] == "failed"
    assert "PROPAGATION_MINUTES" in told["diagnosis"]["remedy"]
    states = {it["key"]: it["state"] for it in world.ledger.timeline(told["job"])}
    assert "waiting" not in states.values()
