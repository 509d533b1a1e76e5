"""A job, from drop to result, on the fakes."""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pytest

from shared.domain.access.roles import CONNECTION_SECRETS_READER
from shared.domain.azure.endpoint import Identity
from shared.domain.failure import Unavailable
from shared.domain.release.release import JOB_TAG
from shared.steps.views.job_list import list_jobs
from shared.steps.views.jobs import describe_job
from tests.fakes.roles import FakeRoles
from tests.fakes.world import World, package


def test_a_dropped_flow_serves_and_its_result_is_sent(world: World):
    result = world.deploy()

    assert result["outcome"] == "succeeded", result
    assert world.traffic() == {result["deployment"]: 100}
    assert result["scoring_uri"] == "https://hello.westeurope.inference.ml.azure.com/score"
    assert result["sample_request"] == {"question": "hi"}
    assert [role["role"] for role in result["roles"]] == [CONNECTION_SECRETS_READER.name]
    assert any("high availability" in warning for warning in result["warnings"])
    assert not any("2027-04-20" in warning for warning in result["warnings"])
    assert world.bus.results[-1].correlation_id == result["job"]


def test_the_steps_come_in_the_order_that_azure_needs(world: World):
    world.deploy()

    kinds = [given["kind"] for name, given in world.engine.calls if name == "step"]
    assert list(dict.fromkeys(kinds)) == [
        "plan",
        "ensure_endpoint",
        "ensure_role_assignment",
        "ensure_model",
        "ensure_environment",
        "ensure_deployment",
        "smoke_test",
        "set_traffic",
        "verify",
    ]


def test_the_same_content_again_is_unchanged_and_writes_nothing(world: World):
    world.deploy()
    before = list(world.writes)

    result = world.deploy()

    assert result["outcome"] == "unchanged"
    assert world.writes == before


def test_a_change_of_settings_alone_makes_a_new_deployment(world: World):
    first = world.deploy()
    settings = "deployment:\n  instance_type: Standard_E4s_v3\n"

    result = world.deploy(content=package(deploy__yaml=settings))

    assert result["outcome"] == "succeeded"
    assert result["digest"] == first["digest"]
    assert result["deployment"] != first["deployment"]
    assert sum(1 for kind, *_ in world.assets.writes if kind == "models") <= 1


def test_an_instance_count_changes_in_place(world: World):
    first = world.deploy()

    result = world.deploy(content=package(deploy__yaml="deployment:\n  instance_count: 3\n"))

    assert result["outcome"] == "succeeded"
    assert result["deployment"] == first["deployment"]
    assert world.workspace.deployments("hello")[0].instance_count == 3


def test_old_deployments_beyond_retain_are_deleted(world: World):
    names = [world.deploy(content=package(f"# {number}\n"))["deployment"] for number in range(3)]

    assert {it.name for it in world.workspace.deployments("hello")} == set(names[1:])

    world.deploy(content=package("# 4\n", deploy__yaml="retain: 0\n"))
    assert len(world.workspace.deployments("hello")) == 1


def test_a_failed_smoke_test_leaves_the_old_traffic(world: World):
    old = world.deploy()["deployment"]
    world.scoring.answer(424, {"error": {"message": "boom"}})

    result = world.deploy(content=package("# new\n"))

    assert result["outcome"] == "failed"
    assert "did not answer the sample" in result["diagnosis"]["cause"]
    assert "boom" in result["diagnosis"]["message"]
    assert world.traffic() == {old: 100}
    assert [it.name for it in world.workspace.deployments("hello")] == [old]


def test_a_failed_final_check_puts_the_traffic_back(world: World):
    old = world.deploy()["deployment"]
    world.scoring.answer(200, {"answer": "fine"})
    world.scoring.answer(424, {"error": {"message": "boom"}})

    result = world.deploy(content=package("# new\n"))

    assert result["outcome"] == "rolled back"
    assert world.traffic() == {old: 100}
    assert [it.name for it in world.workspace.deployments("hello")] == [old]


def test_a_failed_first_deployment_leaves_an_empty_endpoint(world: World):
    world.workspace.fail_deployment("ResourceNotReady", log="ModuleNotFoundError: no slugify")

    result = world.deploy()

    assert result["outcome"] == "failed"
    assert "imports a package" in result["diagnosis"]["cause"]
    assert "slugify" in result["diagnosis"]["log"]
    assert world.traffic() == {}
    assert world.workspace.deployments("hello") == ()


def test_failed_deployments_of_earlier_jobs_are_deleted_first(world: World):
    world.workspace.fail_deployment("OutOfQuota")
    assert world.deploy()["outcome"] == "failed"

    assert world.deploy(content=package())["outcome"] == "succeeded"


def _listed_state(world: World) -> str:
    [row] = list_jobs(world.ports)["jobs"]
    return str(row["state"])


def test_a_grant_that_sluice_may_not_make_is_waited_for(make: Callable[..., World]):
    roles = FakeRoles(allowed=False)
    world = make(roles=roles)
    notes: list[Any] = []

    def admin(name: str, given: Any) -> None:
        if given.get("kind") == "ensure_role_assignment" and given["tries"] == 5:
            shown = describe_job(world.ports, given["job"])
            assert shown is not None
            notes.append((shown["state"], _listed_state(world)))
            endpoint = world.workspace.endpoint("hello")
            assert endpoint is not None
            facts = world.workspace.facts()
            roles.give(facts.id, CONNECTION_SECRETS_READER.id, endpoint.identity.principal_id or "")
        if given.get("kind") == "ensure_model":
            notes.append((given["person"], _listed_state(world)))

    world.engine.before = admin
    result = world.deploy()

    assert notes == [("waiting", "waiting"), (False, "running")]
    assert result["outcome"] == "succeeded"


def test_a_grant_that_never_comes_ends_the_job_with_the_command(make: Callable[..., World]):
    world = make(roles=FakeRoles(allowed=False))

    result = world.deploy()

    assert result["outcome"] == "failed"
    assert "az role assignment create" in result["diagnosis"]["message"]
    assert sum(world.engine.waits) >= 3600
    assert result["diagnosis"]["code"] == "GrantLimit"
    shown = describe_job(world.ports, result["job"])
    assert shown is not None
    states = [row["state"] for row in shown["steps"]]
    [gave_up] = [row for row in shown["steps"] if row["state"] == "failed"]
    assert {"running", "waiting"}.isdisjoint(states), "what has ended waits for nobody"
    assert gave_up["ended"] is not None
    assert "az role assignment create" in gave_up["note"]


def test_every_missing_grant_is_asked_for_at_once(make: Callable[..., World]):
    kind = "Microsoft.ManagedIdentity/userAssignedIdentities"
    place = f"/subscriptions/s/resourceGroups/g/providers/{kind}/mine"
    mine = Identity("UserAssigned", place, "principal", "client")
    roles = FakeRoles(allowed=False)
    world = make(roles=roles, workspace={"identities": [mine]})
    users = f"[{{resource_id: {place}}}]"
    manifest = (
        "access: {connection_secrets: true}\n"
        f"endpoint: {{identity: {{type: user_assigned, user_assigned_identities: {users}}}}}\n"
    )
    notes = list[str]()

    def look(name: str, given: Any) -> None:
        said = given.get("said") or ""
        if given.get("kind") == "ensure_role_assignment" and said and said not in notes:
            notes.append(said)
            for command in re.findall(r"--role (\S+) --scope (\S+)", said):
                roles.give(command[1], command[0], "principal")

    world.engine.before = look
    result = world.deploy(content=package(deploy__yaml=manifest))

    assert result["outcome"] == "succeeded", result
    [note] = notes
    assert len(re.findall("^az role assignment create .*$", note, re.MULTILINE)) == 3
    assert note.startswith("Sluice may not grant '")
    assert "\nDeadline: " in note


def test_a_lost_line_of_the_timeline_leaves_no_step_open(
    world: World, monkeypatch: pytest.MonkeyPatch
):
    append = world.ledger.append_events

    def lose_a_line(job: str, events: Sequence[Mapping[str, Any]]) -> None:
        if ("step-0", "done") in {(it["key"], it["state"]) for it in events}:
            raise Unavailable("Busy", "lost")
        append(job, events)

    monkeypatch.setattr(world.ledger, "append_events", lose_a_line)
    result = world.deploy()

    shown = describe_job(world.ports, result["job"])

    assert shown is not None
    assert {row["state"] for row in shown["steps"]} == {"done"}


def test_a_permission_that_is_late_is_waited_for(make: Callable[..., World]):
    world = make(roles=FakeRoles(force_after=3))
    world.scoring.needs_connection = True

    result = world.deploy()

    assert result["outcome"] == "succeeded"


def test_a_permission_that_never_comes_into_force_is_diagnosed(make: Callable[..., World]):
    world = make(roles=FakeRoles(force_after=10_000))
    world.scoring.needs_connection = True

    result = world.deploy()

    assert result["outcome"] == "failed"
    assert "may not read the workspace's connections" in result["diagnosis"]["cause"]


def test_a_short_azure_outage_is_waited_out(world: World):
    world.workspace.fail("put_deployment", Unavailable("ServiceUnavailable", "busy"), times=2)
    world.workspace.fail("set_traffic", Unavailable("Timeout", "lost"), after=True)

    assert world.deploy()["outcome"] == "succeeded"
    puts = [it for it in world.workspace.writes if it[0] == "put_deployment"]
    assert len(puts) == 1


def test_a_lasting_azure_outage_fails_the_job(world: World):
    world.workspace.fail("put_deployment", Unavailable("Unreachable", "no answer"), times=10_000)

    result = world.deploy()

    assert result["outcome"] == "failed"
    assert "did not answer in time" in result["diagnosis"]["cause"]


def test_an_older_request_ends_as_superseded(world: World):
    older = world.drop(content=package("# old\n"))
    newer = world.drop(content=package("# new\n"))
    world.engine.run(newer)

    assert world.engine.run(older) == "superseded"
    assert world.last["superseded_by"] == newer
    assert world.traffic() == {world.workspace.deployments("hello")[0].name: 100}


def test_a_running_job_is_superseded_before_its_traffic_moves(world: World):
    older = world.drop(content=package("# old\n"))

    def overtake(name: str, given: Any) -> None:
        if given.get("kind") == "smoke_test":
            world.engine.before = None
            newer = world.drop(content=package("# new\n"))
            request = world.ledger.request(newer)
            assert request is not None
            world.ledger.queue_job("hello", newer, request.order)

    world.engine.before = overtake
    assert world.engine.run(older) == "superseded"
    assert world.workspace.deployments("hello") == ()


def test_a_job_without_a_turn_waits_for_it(world: World):
    world.turns.take("hello", "somebody")
    job = world.drop()

    def release_turn(name: str, given: Any) -> None:
        if given.get("kind") == "plan" and given["tries"] == 3:
            world.turns.release("hello", "somebody")

    world.engine.before = release_turn
    assert world.engine.run(job) == "succeeded"


@pytest.mark.parametrize("gives_back", [True, False])
def test_a_job_that_loses_its_turn_while_it_plans_writes_nothing(
    world: World, monkeypatch: pytest.MonkeyPatch, gives_back: bool
):
    known = world.ledger.released

    def meanwhile(endpoint: str) -> Any:
        world.turns.lapse(endpoint)
        world.turns.take(endpoint, "somebody")
        if gives_back:
            world.turns.release(endpoint, "somebody")
        return known(endpoint)

    monkeypatch.setattr(world.ledger, "released", meanwhile)
    assert world.engine.run(world.drop()) == "superseded"
    assert world.writes == []


def test_a_job_that_loses_its_turn_between_two_steps_writes_no_more(world: World):
    def meanwhile(name: str, given: Any) -> None:
        if given.get("kind") == "smoke_test":
            world.turns.lapse("hello")
            world.turns.take("hello", "somebody")

    world.engine.before = meanwhile
    assert world.engine.run(world.drop()) == "superseded"
    assert len(world.workspace.deployments("hello")) == 1, "no way back: another is at it"
    assert world.turns.holder("hello") == "somebody"


def test_without_a_policy_nothing_is_deployed(make: Callable[..., World]):
    world = make(policy=())

    result = world.deploy()

    assert result["outcome"] == "rejected"
    assert "No policy is set" in result["findings"][0]["cause"]
    assert world.writes == []


def test_a_name_that_azure_would_refuse_is_rejected_with_the_rule(world: World):
    result = world.deploy("1-bad--name")

    assert result["outcome"] == "rejected"
    assert "3 to 32 characters" in result["findings"][0]["cause"]


def test_a_package_that_is_not_a_zip_is_rejected(world: World):
    result = world.deploy(content=b"this is no zip")

    assert result["outcome"] == "rejected"
    assert result["findings"]


def test_deployments_of_others_are_left_alone(world: World):
    world.deploy()
    key = ("hello", next(iter(world.workspace.deployments("hello"))).name)
    state = world.workspace.there.deployments[key]
    assert JOB_TAG in state.tags
    foreign = type(state)(**{**vars(state), "name": "blue", "tags": {}})
    world.workspace.there.deployments["hello", "blue"] = foreign

    world.deploy(content=package("# new\n", deploy__yaml="retain: 0\n"))

    assert "blue" in {it.name for it in world.workspace.deployments("hello")}
