"""Settings of the endpoint, and those that cannot change after creation."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from shared.domain.access.permission import Permission
from shared.domain.access.policy import suffix_of
from shared.domain.access.policy_rule import parse_policy
from shared.domain.access.roles import CONNECTION_SECRETS_READER, READ_SECRETS
from shared.domain.manifest.access_rules import ENFORCED
from shared.domain.release.release import JOB_TAG
from tests.fakes.roles import FakeRoles
from tests.fakes.world import FLOW, World, package

MAY_READ = (Permission(actions=(READ_SECRETS,)),)
CONNECTED = FLOW + "environment_variables: {KEY: '${search.key}'}\n"
GROUP = "/subscriptions/s/resourceGroups/g"
OTHER = f"[{{resource_id: {GROUP}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/u}}]"


def with_manifest(world: World, text: str, **files: str) -> dict[str, Any]:
    return world.deploy(content=package(deploy__yaml=text, **files))


def connected(make: Callable[..., World], roles: FakeRoles) -> World:
    return make(roles=roles, workspace={"connections": ["search"]})


@pytest.mark.parametrize(
    ("auth_mode", "mode"), [("key", "Key"), ("aml_token", "AMLToken"), ("aad_token", "AADToken")]
)
def test_the_flow_is_tested_with_the_credential_of_its_auth_mode(
    world: World, auth_mode: str, mode: str
):
    result = with_manifest(world, f"endpoint: {{auth_mode: {auth_mode}}}\n")

    assert result["outcome"] == "succeeded", result
    state = world.workspace.endpoint("hello")
    assert state is not None
    assert state.auth_mode == mode
    assert len(world.scoring.scored) == 2  # the deployment alone, and the endpoint


def test_the_endpoint_follows_its_manifest(world: World):
    with_manifest(world, "endpoint: {description: one, tags: {team: a}, properties: {p: x}}\n")
    result = with_manifest(
        world,
        "endpoint: {description: two, tags: {team: b, more: c}, public_network_access: disabled}\n",
    )

    assert result["outcome"] == "succeeded", result
    state = world.workspace.endpoint("hello")
    assert state is not None
    assert (state.description, state.public_network_access) == ("two", "Disabled")
    assert any("private endpoint" in warning for warning in result["warnings"])
    assert {**state.tags, JOB_TAG: ""} == {"team": "b", "more": "c", JOB_TAG: ""}
    assert state.properties == {"p": "x"}


def test_unchanged_endpoint_settings_are_not_written_again(world: World):
    text = "endpoint: {description: one, public_network_access: disabled, auth_mode: aad_token}\n"
    with_manifest(world, text)
    before = list(world.writes)

    assert with_manifest(world, text)["outcome"] == "unchanged"
    assert world.writes == before


@pytest.mark.parametrize(
    ("asked", "cause"),
    [
        ("properties: {p: y}", "Property 'p'"),
        (f"properties: {{{ENFORCED}: enabled}}", "was created without"),
        (
            f"identity: {{type: user_assigned, user_assigned_identities: {OTHER}}}",
            "runs as its own identity",
        ),
    ],
)
def test_changes_that_azure_does_not_allow_are_refused_with_a_remedy(
    world: World, asked: str, cause: str
):
    with_manifest(world, "endpoint: {properties: {p: x}}\n")
    before = list(world.writes)

    result = with_manifest(world, f"endpoint: {{{asked}}}\n")

    assert result["outcome"] == "rejected"
    assert cause in result["findings"][0]["cause"]
    assert "another endpoint name" in result["findings"][0]["remedy"]
    assert world.writes == before


def test_secrets_are_enforced_if_the_flow_has_connections_and_sluice_may_read_them(
    make: Callable[..., World],
):
    world = connected(make, FakeRoles(allowed=False, own=MAY_READ))

    result = world.deploy(content=package(flow=CONNECTED))

    assert result["outcome"] == "succeeded", result
    state = world.workspace.endpoint("hello")
    assert state is not None
    assert state.properties[ENFORCED] == "enabled"
    [role] = result["roles"]
    assert (role["role"], role["granted_by"]) == (CONNECTION_SECRETS_READER.name, "somebody else")


@pytest.mark.parametrize(
    ("own", "files"),
    [
        ((), {"flow": CONNECTED}),
        (MAY_READ, {}),
        (
            MAY_READ,
            {
                "flow": CONNECTED,
                "deploy__yaml": f"endpoint: {{properties: {{{ENFORCED}: disabled}}}}\n",
            },
        ),
        (
            MAY_READ,
            {
                "flow": CONNECTED,
                "deploy__yaml": "access: {connection_secrets: false}\n",
            },
        ),
    ],
    ids=["sluice may not read them", "no connections", "property", "switch"],
)
def test_secrets_are_not_enforced_otherwise(
    make: Callable[..., World], own: tuple[Permission, ...], files: dict[str, str]
):
    world = connected(make, FakeRoles(own=own))

    result = world.deploy(content=package(**files))

    assert result["outcome"] == "succeeded", result
    state = world.workspace.endpoint("hello")
    assert state is not None
    assert ENFORCED not in state.properties
    off = "deploy__yaml" in files
    assert [it["role"] for it in result["roles"]] == (
        [] if off else [CONNECTION_SECRETS_READER.name]
    )
    assert any("az role assignment create" in it for it in result["warnings"]) == off


def test_an_endpoint_of_others_is_adopted_and_its_deployments_stay(world: World):
    first = world.deploy()["deployment"]
    there = world.workspace.there
    there.endpoints["hello"] = replace(
        there.endpoints["hello"], tags={"team": "x"}, traffic={"blue": 100}
    )
    there.deployments["hello", "blue"] = replace(
        there.deployments["hello", first], name="blue", tags={}
    )
    world.scoring.answer(424, {"error": {"message": "boom"}})

    failed = world.deploy(content=package("# worse\n"))
    kept = world.traffic()
    result = world.deploy(content=package("# better\n", deploy__yaml="retain: 0\n"))

    assert (failed["outcome"], kept) == ("failed", {"blue": 100})
    assert result["outcome"] == "succeeded"
    assert any("was not made by Sluice" in warning for warning in result["warnings"])
    names = {it.name for it in world.workspace.deployments("hello")}
    assert "blue" in names
    assert first not in names
    assert world.workspace.there.endpoints["hello"].tags == {"team": "x"}


def test_a_name_from_a_zip_gets_the_workspaces_suffix_if_the_policy_says_so(
    make: Callable[..., World],
):
    rule = '[{"prefix": "", "endpoints": ["hello", "other"], "suffix": true, "connections": ["*"]}]'
    world = make(policy=parse_policy(rule))
    suffix = suffix_of(world.ports.workspace_id)

    assert world.deploy()["endpoint"] == f"hello{suffix}"
    assert with_manifest(world, "endpoint: {name: other}\n")["endpoint"] == "other"
    assert world.deploy("nothing")["outcome"] == "rejected"


def test_a_suffix_that_makes_a_name_too_long_is_reported(make: Callable[..., World]):
    world = make(policy=parse_policy('[{"prefix": "", "endpoints": ["*"], "suffix": true}]'))

    result = world.deploy("a" * 26)

    assert result["outcome"] == "rejected"
    assert "3 to 32 characters" in result["findings"][0]["cause"]
