"""Removals, from DELETE to result, on the fakes."""

import itertools
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from shared.domain.access.policy_rule import parse_policy
from shared.domain.access.roles import CONNECTION_SECRETS_READER
from shared.domain.azure.endpoint import EndpointSpec, Identity
from shared.domain.failure import Unavailable
from shared.domain.release.release import JOB_TAG
from shared.domain.requests.source import RemovalSource
from shared.steps.intake.accept import KeyReused
from shared.steps.remove.removal import accept_removal
from shared.steps.views.jobs import describe_job
from tests.fakes.engine import Crash, FakeEngine, crash_at
from tests.fakes.roles import FakeRoles
from tests.fakes.world import World, package

USER = Identity("UserAssigned", "/subscriptions/s/ids/mine", "p-1", "c-1")


def remove(world: World, endpoint: str = "hello", key: str = "k", **given: Any) -> dict[str, Any]:
    """Request a removal, run its job, and return the result's data."""
    world.engine.run(_ask(world, endpoint, key, **given))
    return world.last


def _ask(world: World, endpoint: str = "hello", key: str = "k", **given: Any) -> str:
    source = RemovalSource(endpoint=endpoint, key=key, **given)
    return accept_removal(world.ports, source, door="http").job


def test_an_endpoint_is_removed_with_its_deployments_and_sluices_role_assignments(world: World):
    names = [world.deploy(content=package(f"# {n}\n"))["deployment"] for n in range(2)]
    endpoint = world.workspace.endpoint("hello")
    assert endpoint is not None

    result = remove(world)

    assert result["outcome"] == "succeeded", result
    assert result["kind"] == "removal"
    assert world.bus.results[-1].event["type"] == "sluice.removal.succeeded"
    assert {it["name"] for it in result["removed"]} == {
        "hello",
        *names,
        CONNECTION_SECRETS_READER.name,
    }
    assert world.workspace.endpoint("hello") is None
    assert world.workspace.deployments("hello") == ()
    facts = world.workspace.facts()
    assert world.roles.assignments(facts.id, str(endpoint.identity.principal_id)) == ()
    assert world.ledger.open_jobs() == ()


def test_roles_that_others_granted_stay(world: World):
    world.deploy()
    endpoint = world.workspace.endpoint("hello")
    assert endpoint is not None
    scope, principal = world.workspace.facts().id, str(endpoint.identity.principal_id)
    other = replace(
        world.roles.give(scope, "11111111-0000-4000-8000-000000000001", principal),
        id=f"{scope}/providers/Microsoft.Authorization/roleAssignments/by-hand",
    )
    world.roles._assignments["by-hand"] = other
    world.roles._assignments = {
        name: held for name, held in world.roles._assignments.items() if held.id == other.id
    }

    remove(world)

    assert world.roles.assignments(scope, principal) == (other,)


def test_a_role_assignment_that_sluice_may_not_delete_is_a_warning(make: Callable[..., World]):
    roles = FakeRoles()
    world = make(roles=roles)
    world.deploy()
    roles.allowed = False

    result = remove(world)

    assert result["outcome"] == "succeeded"
    assert any(CONNECTION_SECRETS_READER.name in warning for warning in result["warnings"])


def test_roles_stay_if_another_endpoint_runs_as_the_same_identity(make: Callable[..., World]):
    world = make(workspace={"identities": [USER], "roles": None})
    for name in ("one", "two"):
        world.workspace.put_endpoint(EndpointSpec(name, identity=USER, tags={JOB_TAG: "j"}))
    world.workspace.settle()
    scope = world.workspace.facts().id
    held = world.roles.give(scope, CONNECTION_SECRETS_READER.id, "p-1")

    assert remove(world, "one")["outcome"] == "succeeded"
    assert world.roles.assignments(scope, "p-1") == (held,)

    assert remove(world, "two", key="k2")["outcome"] == "succeeded"
    assert world.roles.assignments(scope, "p-1") == ()


def test_resources_not_created_by_sluice_are_deleted_only_with_force(world: World):
    world.workspace.put_endpoint(EndpointSpec("theirs"))
    world.workspace.settle()

    result = remove(world, "theirs")
    assert result["outcome"] == "rejected"
    assert "did not make" in result["findings"][0]["cause"]
    assert "force=true" in result["findings"][0]["remedy"]
    assert world.workspace.endpoint("theirs") is not None

    assert remove(world, "theirs", key="again", force=True)["outcome"] == "succeeded"
    assert world.workspace.endpoint("theirs") is None


def test_an_endpoint_with_a_deployment_of_others_behind_it_is_refused(world: World):
    world.deploy()
    state = world.workspace.deployments("hello")[0]
    blue = replace(state, name="blue", tags={})
    world.workspace.there.deployments["hello", "blue"] = blue

    result = remove(world)

    assert result["outcome"] == "rejected"
    assert "blue" in result["findings"][0]["cause"]


def test_a_deployment_with_traffic_is_refused_even_when_forced(world: World):
    name = world.deploy()["deployment"]

    result = remove(world, deployment=name, force=True)

    assert result["outcome"] == "rejected"
    assert "100 %" in result["findings"][0]["cause"]
    assert world.traffic() == {name: 100}


def test_only_the_named_deployment_is_deleted(world: World):
    old = world.deploy()["deployment"]
    new = world.deploy(content=package("# new\n"))["deployment"]

    result = remove(world, deployment=old)

    assert result["outcome"] == "succeeded"
    assert result["removed"] == [{"kind": "deployment", "name": old}]
    assert [it.name for it in world.workspace.deployments("hello")] == [new]
    assert world.traffic() == {new: 100}


def test_deleting_twice_is_unchanged_and_deleting_the_unknown_is_refused(world: World):
    world.deploy()
    remove(world)

    assert remove(world, key="again")["outcome"] == "unchanged"
    result = remove(world, "nobody", key="k2")
    assert result["outcome"] == "rejected"
    assert "no endpoint 'nobody'" in result["findings"][0]["cause"]


def test_a_caller_who_may_not_deploy_to_an_endpoint_may_not_delete_it(make: Callable[..., World]):
    world = make()
    world.deploy()
    ports = replace(world.ports, policy=parse_policy('[{"prefix": "team/", "endpoints": ["*"]}]'))

    FakeEngine(ports, world.clock).run(_ask(world))

    assert world.last["outcome"] == "rejected"
    assert world.workspace.endpoint("hello") is not None


def test_whoever_dropped_a_failed_first_release_may_delete_its_endpoint(
    make: Callable[..., World],
):
    world = make()
    world.workspace.fail_deployment("OutOfQuota", "no quota")
    assert world.deploy()["outcome"] == "failed"
    assert world.workspace.endpoint("hello") is not None
    own = parse_policy('[{"prefix": "hello.zip", "endpoints": ["*"]}]')
    others = parse_policy('[{"prefix": "team/", "endpoints": ["*"]}]')

    FakeEngine(replace(world.ports, policy=others), world.clock).run(_ask(world))
    assert world.last["outcome"] == "rejected"
    FakeEngine(replace(world.ports, policy=own), world.clock).run(_ask(world, key="again"))
    assert world.last["outcome"] == "succeeded"
    assert world.workspace.endpoint("hello") is None


def test_the_same_key_is_the_same_job_and_no_other(world: World):
    world.deploy()

    assert _ask(world) == _ask(world)
    with pytest.raises(KeyReused):
        _ask(world, "another")


def test_a_removal_that_loses_its_engine_anywhere_is_carried_on(make: Callable[..., World]):
    def deployed() -> tuple[World, str]:
        world = make()
        world.deploy()
        world.engine.calls.clear()
        return world, _ask(world)

    world, job = deployed()
    world.engine.run(job)
    for number in range(len(world.engine.calls)):
        world, job = deployed()
        world.engine.before = crash_at(number)
        with pytest.raises(Crash):
            world.engine.run(job)

        assert FakeEngine(world.ports, world.clock).run(job) == "succeeded"
        assert world.workspace.endpoint("hello") is None
        assert len(world.last["removed"]) == 3
        assert [it[0] for it in world.workspace.writes].count("delete_endpoint") == 1


def test_a_newer_release_wins_over_a_removal(world: World):
    world.deploy()
    removal = _ask(world)
    _tomorrow(world)
    newer = world.drop(content=package("# new\n"))
    world.engine.run(newer)

    assert world.engine.run(removal) == "superseded"
    assert world.workspace.endpoint("hello") is not None


def test_a_removal_without_answers_from_azure_fails_and_leaves_the_endpoint(world: World):
    world.deploy()
    world.workspace.fail("delete_endpoint", Unavailable("Unreachable", "no answer"), times=10_000)

    result = remove(world)

    assert result["outcome"] == "failed"
    assert result["removed"] == []
    assert world.workspace.endpoint("hello") is not None


def test_a_deleted_endpoint_can_be_redeployed(world: World):
    first = world.deploy()
    remove(world)

    _tomorrow(world)
    again = world.deploy()

    assert again["outcome"] == "succeeded"
    assert again["deployment"] == first["deployment"]


def test_the_jobs_page_names_the_endpoint_of_a_removal(world: World):
    world.deploy()
    job = _ask(world)

    shown = describe_job(world.ports, job)

    assert shown is not None
    assert (shown["endpoint"], shown["source"]) == ("hello", "delete hello")


def _tomorrow(world: World) -> None:
    """Make later drops newer than earlier requests."""
    world.flows._ticks = itertools.count(24 * 3600)


def test_a_deletion_is_not_refused_for_what_azure_showed_a_moment_ago(
    world: World, monkeypatch: pytest.MonkeyPatch
):
    first = world.deploy(content=package("# 1\n"))["deployment"]
    before = world.workspace.endpoint("hello")
    world.deploy(content=package("# 2\n"))
    reads, shown = itertools.count(), world.workspace.endpoint
    monkeypatch.setattr(
        world.workspace,
        "endpoint",
        lambda name: before if next(reads) % 2 == 0 else shown(name),
    )

    result = remove(world, deployment=first)

    assert result["outcome"] == "succeeded", result
    assert [it.name for it in world.workspace.deployments("hello")] != [first]
