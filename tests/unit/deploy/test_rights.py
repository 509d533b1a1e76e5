"""Roles of an endpoint's identity, from manifest to role assignments, on the fakes."""

from collections.abc import Callable
from typing import Any

import pytest

from shared.domain.access import roles as known_roles
from shared.domain.access.permission import Permission
from shared.domain.access.policy_rule import parse_policy
from shared.domain.access.roles import READ_SECRETS, Role
from shared.domain.azure.endpoint import Identity
from shared.steps.views.jobs import describe_job
from tests.fakes.roles import FakeRoles
from tests.fakes.world import INDEX_LOOKUP, READS_CONNECTIONS, World, package

GROUP = "/subscriptions/s/resourceGroups/g/providers"
USER = Identity(
    "UserAssigned",
    f"{GROUP}/Microsoft.ManagedIdentity/userAssignedIdentities/flows",
    "principal",
    "client",
)
ENDPOINT = f"""\
endpoint:
  identity:
    type: user_assigned
    user_assigned_identities: [{{resource_id: {USER.resource_id}}}]
"""
SECRETS = Role("Flow connections", "5a1d0c9e-0000-4000-8000-0000000000e1")
READS = Permission(actions=("Microsoft.MachineLearningServices/workspaces/*",))


def as_user(world: World, more: str = "") -> dict[str, Any]:
    return world.deploy(content=package(deploy__yaml=ENDPOINT + (more or READS_CONNECTIONS)))


@pytest.fixture
def granted(make: Callable[..., World]) -> Callable[..., World]:
    def build(roles: FakeRoles | None = None, **given: Any) -> World:
        return make(roles=roles, workspace={"identities": [USER]}, **given)

    return build


def roles_of(result: dict[str, Any]) -> list[str]:
    return [role["role"] for role in result["roles"]]


def test_a_user_assigned_identity_gets_every_role_of_the_table_at_its_scope(
    granted: Callable[..., World],
):
    world = granted()
    facts = world.workspace.facts()

    result = as_user(world)

    assert result["outcome"] == "succeeded", result
    assert [(role["role"], role["scope"]) for role in result["roles"]] == [
        (known_roles.CONNECTION_SECRETS_READER.name, facts.id),
        (known_roles.ACR_PULL.name, facts.container_registry_id),
        (known_roles.STORAGE_BLOB_DATA_READER.name, facts.storage_account_id),
    ]
    kinds = [given["kind"] for name, given in world.engine.calls if name == "step"]
    assert kinds.index("ensure_deployment") > kinds.index("ensure_role_assignment")


def test_a_registry_in_abac_mode_wants_its_repository_reader(granted: Callable[..., World]):
    world = granted()
    world.workspace.there.abac = True
    facts = world.workspace.facts()
    reader = known_roles.REPOSITORY_READER
    world.roles.give(str(facts.container_registry_id), known_roles.ACR_PULL.id, "principal")

    result = as_user(world)

    assert (reader.name, facts.container_registry_id) in [
        (role["role"], role["scope"]) for role in result["roles"]
    ]


def test_the_metrics_writer_is_granted_on_request(granted: Callable[..., World]):
    result = as_user(granted(), "access: {metrics_writer: true}\n")

    assert known_roles.METRICS_WRITER.name in roles_of(result)


def test_a_system_assigned_identity_needs_no_metrics_writer(world: World):
    result = world.deploy(
        content=package(deploy__yaml="access: {metrics_writer: true, connection_secrets: true}\n")
    )

    assert roles_of(result) == [known_roles.CONNECTION_SECRETS_READER.name]


def test_a_metrics_writer_that_sluice_may_not_grant_is_a_warning_with_the_command(
    granted: Callable[..., World],
):
    world = granted(FakeRoles(refused=frozenset({known_roles.METRICS_WRITER.id})))

    result = as_user(world, "access: {metrics_writer: true}\n")

    assert result["outcome"] == "succeeded"
    [warning] = [it for it in result["warnings"] if "Metrics Writer" in it]
    assert f"--role {known_roles.METRICS_WRITER.id}" in warning
    shown = describe_job(world.ports, result["job"])
    assert shown is not None
    [failed] = [row["title"] for row in shown["steps"] if row["state"] == "failed"]
    assert "Metrics Writer" in failed


@pytest.mark.parametrize(
    "role", ["CONNECTION_SECRETS_READER", "ACR_PULL", "STORAGE_BLOB_DATA_READER"]
)
def test_a_role_of_the_table_that_nobody_grants_ends_the_job_with_its_command(
    granted: Callable[..., World], role: str
):
    missing: Role = getattr(known_roles, role)
    world = granted(FakeRoles(refused=frozenset({missing.id})))

    result = as_user(world)

    assert result["outcome"] == "failed"
    assert result["diagnosis"]["code"] == "GrantLimit"
    assert f"--role {missing.id}" in result["diagnosis"]["message"]
    assert [name for name, *_ in world.workspace.writes] == ["put_endpoint"]


@pytest.mark.parametrize("scope", ["workspace", "group"])
def test_existing_and_inherited_assignments_count(granted: Callable[..., World], scope: str):
    world = granted()
    facts = world.workspace.facts()
    where = facts.id if scope == "workspace" else facts.id.partition("/providers/")[0]
    world.roles.give(where, known_roles.CONNECTION_SECRETS_READER.id, "principal")

    assert known_roles.CONNECTION_SECRETS_READER.name not in roles_of(as_user(world))
    assert world.roles.looked_up == []


def test_a_custom_role_with_the_action_counts_as_the_secrets_reader(granted: Callable[..., World]):
    world = granted()
    world.roles.define(SECRETS, READS)
    world.roles.give(world.workspace.facts().id, SECRETS.id, "principal")

    assert known_roles.CONNECTION_SECRETS_READER.name not in roles_of(as_user(world))
    assert SECRETS.id in world.roles.looked_up


def test_a_custom_role_that_excludes_the_action_does_not_count(granted: Callable[..., World]):
    world = granted()
    taken = Permission(actions=READS.actions, not_actions=(READ_SECRETS.upper(),))
    world.roles.define(SECRETS, taken)
    world.roles.give(world.workspace.facts().id, SECRETS.id, "principal")

    assert known_roles.CONNECTION_SECRETS_READER.name in roles_of(as_user(world))


def test_connection_secrets_are_not_granted_if_the_manifest_opts_out(world: World):
    manifest = "access: {connection_secrets: false}\n"

    result = world.deploy(content=package(deploy__yaml=manifest))

    assert result["outcome"] == "succeeded"
    assert result["roles"] == []
    assert world.roles.writes == []


def test_further_roles_are_granted_if_the_policy_allows_them(make: Callable[..., World]):
    rule = '{"role": "Flow connections", "scopes": ["/subscriptions/s/*"]}'
    policy = f'[{{"prefix": "", "endpoints": ["*"], "roles": [{rule}]}}]'
    world = make(policy=parse_policy(policy))
    world.roles.define(SECRETS)
    asked = "access:\n  roles: [{role: flow connections, scope: /subscriptions/s/a}]\n"

    result = world.deploy(content=package(deploy__yaml=asked))

    assert result["outcome"] == "succeeded", result
    assert ("Flow connections", "/subscriptions/s/a") in [
        (role["role"], role["scope"]) for role in result["roles"]
    ]


@pytest.mark.parametrize(
    "asked",
    [
        "{role: Owner, scope: /subscriptions/s/a}",
        "{role: Flow connections, scope: /subscriptions/t}",
    ],
)
def test_further_roles_are_refused_if_no_rule_names_role_and_scope(
    make: Callable[..., World], asked: str
):
    rule = '{"role": "Flow connections", "scopes": ["/subscriptions/s/*"]}'
    policy = f'[{{"prefix": "", "endpoints": ["*"], "roles": [{rule}]}}]'
    world = make(policy=parse_policy(policy))

    result = world.deploy(content=package(deploy__yaml=f"access:\n  roles: [{asked}]\n"))

    assert result["outcome"] == "rejected"
    assert "does not let 'hello.zip' ask for role" in result["findings"][0]["cause"]
    assert world.writes == []


def test_an_unknown_role_is_refused_before_any_write(make: Callable[..., World]):
    rule = '{"role": "Nothing", "scopes": ["*"]}'
    world = make(policy=parse_policy(f'[{{"prefix": "", "endpoints": ["*"], "roles": [{rule}]}}]'))
    asked = "access:\n  roles: [{role: Nothing, scope: /subscriptions/s}]\n"

    result = world.deploy(content=package(deploy__yaml=asked))

    assert result["outcome"] == "rejected"
    assert "There is no role 'Nothing'" in result["findings"][0]["cause"]
    assert world.writes == []


def test_an_index_lookup_flow_gets_data_scientist_with_a_warning(world: World):
    result = world.deploy(content=package(flow=INDEX_LOOKUP))

    assert result["outcome"] == "succeeded", result
    assert known_roles.DATA_SCIENTIST.name in roles_of(result)
    assert any("DATASTORE_READER_ROLE" in warning for warning in result["warnings"])


def test_an_index_lookup_flow_gets_the_operators_role_if_one_is_set(
    make: Callable[..., World],
):
    world = make(datastore_reader_role="Datastore Reader")
    reader = Role("Datastore Reader", "5a1d0c9e-0000-4000-8000-0000000000e2")
    world.roles.define(reader, Permission(actions=(known_roles.READ_DATASTORES,)))

    result = world.deploy(content=package(flow=INDEX_LOOKUP))

    assert reader.name in roles_of(result)
    assert known_roles.DATA_SCIENTIST.name not in roles_of(result)
    assert not any("DATASTORE_READER_ROLE" in warning for warning in result["warnings"])
