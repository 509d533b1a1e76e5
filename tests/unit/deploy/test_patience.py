"""A permission that is granted but not yet in force, on the fakes."""

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from typing import Any

import pytest

from shared.domain.access.policy_rule import parse_policy
from shared.domain.access.roles import (
    ACR_PULL,
    OPENAI_USER,
    STORAGE_BLOB_DATA_CONTRIBUTOR,
    STORAGE_BLOB_DATA_READER,
)
from shared.domain.failure import Denied
from tests.fakes.roles import FakeRoles
from tests.fakes.world import FLOW, World, package
from tests.unit.deploy.test_rights import ENDPOINT, USER


def test_a_late_permission_is_shown_as_not_yet_and_not_as_a_failure(make: Callable[..., World]):
    world = make(roles=FakeRoles(force_after=3))
    world.scoring.needs_connection = True

    told = world.deploy()

    notes = [it["note"] for it in world.ledger.timeline(told["job"])]
    assert told["outcome"] == "succeeded"
    assert any("granted and not yet in force" in note for note in notes)


def test_after_each_denial_polling_starts_fast_again(make: Callable[..., World]):
    world = make(roles=FakeRoles(force_after=4), workspace={"identities": [USER]})

    told = world.deploy(content=package(deploy__yaml=ENDPOINT))

    puts = [name for name, *_ in world.workspace.writes].count("put_deployment")
    assert told["outcome"] == "succeeded"
    assert puts > 2
    assert world.engine.waits.count(0.1) >= puts


def test_a_role_that_is_not_in_force_in_time_fails_the_job_and_names_the_setting(
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


def test_a_propagation_window_that_ends_during_a_denial_leaves_one_more_try(
    make: Callable[..., World], monkeypatch: pytest.MonkeyPatch
):
    world = make(roles=FakeRoles(force_after=10_000))
    world.scoring.needs_connection = True
    append = world.ledger.append_events

    def move_clock_on_denial(job: str, events: Sequence[Mapping[str, Any]]) -> None:
        append(job, events)
        if any("not yet in force" in it["note"] for it in events):
            world.clock.now += timedelta(hours=1)

    monkeypatch.setattr(world.ledger, "append_events", move_clock_on_denial)
    told = world.deploy()

    assert told["outcome"] == "failed"
    assert "PROPAGATION_MINUTES" in told["diagnosis"]["remedy"]
    states = {it["key"]: it["state"] for it in world.ledger.timeline(told["job"])}
    assert "waiting" not in states.values()


STARTUP = (
    "Startup task failed due to authorization error. Please see troubleshooting guide, available "
    "here: https://aka.ms/oe-tsg#authorization-error"
)


def test_a_container_not_yet_authorized_is_waited_for(make: Callable[..., World]):
    world = make(workspace={"identities": [USER]})
    world.workspace.fail_deployment("BadArgument", STARTUP)

    told = world.deploy(content=package(deploy__yaml=ENDPOINT))

    notes = [it["note"] for it in world.ledger.timeline(told["job"])]
    assert told["outcome"] == "succeeded"
    assert any("granted and not yet in force" in note for note in notes)


KEYLESS = """\
inputs:
  question: {type: string, default: hi}
outputs:
  answer: {type: string, reference: "${say.output}"}
nodes:
- name: say
  type: python
  source: {type: code, path: chat.py}
  inputs: {question: "${inputs.question}", connection: aoai}
"""
USES = """\
from promptflow.connections import AzureOpenAIConnection
from promptflow.core import tool

@tool
def say(question: str, connection: AzureOpenAIConnection) -> str:
    return question
"""
TARGET = "/subscriptions/s/resourceGroups/ai/providers/Microsoft.CognitiveServices/accounts/models"
NO_ACCESS = {
    "error": {"message": "(PermissionDenied) Principal does not have access to API/Operation."}
}
LETS = (
    '[{"prefix": "", "endpoints": ["*"], "connections": ["aoai"], '
    '"roles": [{"role": "Cognitive Services OpenAI User", '
    f'"scopes": ["{TARGET}"]}}]}}]'
)


def keyless(world: World, target: str = TARGET) -> dict[str, Any]:
    """Deploy a flow whose connection has no key; its target denies the first call."""
    world.workspace.there.keyless["aoai"] = target
    world.scoring.answer(424, NO_ACCESS)
    return world.deploy(content=package(flow=KEYLESS, chat__py=USES))


def test_a_role_that_nobody_granted_is_named_at_once(make: Callable[..., World]):
    world = make(workspace={"connections": ["aoai"]})
    begun = world.clock.now

    told = keyless(world)

    remedy = told["diagnosis"]["remedy"]
    assert told["outcome"] == "failed"
    assert "may not use its target" in told["diagnosis"]["cause"]
    assert f"lacks 'Cognitive Services OpenAI User' on {TARGET}" in remedy
    assert "--role 5e0bd9bd-7b93-4f28-af87-19fc36ad61bd" in remedy
    assert "PROPAGATION_MINUTES" not in remedy
    assert world.scoring.scored
    assert (world.clock.now - begun).total_seconds() < 60


def test_the_role_for_a_keyless_connection_is_a_warning_in_the_result(
    make: Callable[..., World],
):
    world = make(workspace={"connections": ["aoai"]})

    told = keyless(world)

    (warning,) = [it for it in told["warnings"] if "Cognitive Services OpenAI User" in it]
    assert "use connection 'aoai', which has no key" in warning
    assert f"--scope {TARGET}" in warning


def test_the_role_for_a_keyless_connection_is_granted_if_the_policy_allows_it(
    make: Callable[..., World],
):
    world = make(workspace={"connections": ["aoai"]}, policy=parse_policy(LETS))

    told = keyless(world)

    notes = [it["note"] for it in world.ledger.timeline(told["job"])]
    assert told["outcome"] == "succeeded"
    assert (TARGET, OPENAI_USER.id) in [(scope, role) for scope, role, _ in world.roles.writes]
    assert any("granted and not yet in force" in note for note in notes)


def test_a_role_that_was_granted_long_ago_is_not_waited_for(make: Callable[..., World]):
    world = make(workspace={"connections": ["aoai"]}, policy=parse_policy(LETS))
    assert keyless(world)["outcome"] == "succeeded"
    world.clock.now += timedelta(days=30)
    world.scoring.answer(424, NO_ACCESS)

    told = world.deploy(content=package(flow=KEYLESS, chat__py=USES + "# changed"))

    assert told["outcome"] == "failed"
    assert "look for what else denies it" in told["diagnosis"]["remedy"]


def test_without_the_right_to_read_assignments_sluices_own_grants_decide(
    make: Callable[..., World],
):
    world = make(roles=FakeRoles(force_after=3))
    world.scoring.needs_connection = True
    denied = Denied("AuthorizationFailed", "Sluice may not read role assignments", status=403)

    def deny(name: str, given: Any) -> None:
        del name
        if given.get("kind") == "smoke_test":
            world.workspace.fail("keyless_targets", denied)

    world.engine.before = deny
    assert world.deploy()["outcome"] == "succeeded"


def test_a_user_assigned_identity_that_collects_data_gets_contributor(
    make: Callable[..., World],
):
    world = make(workspace={"identities": [USER]})
    manifest = (
        ENDPOINT
        + "deployment: {data_collector: {collections: {model_inputs: {enabled: 'true'}}}}\n"
    )

    assert world.deploy(content=package(deploy__yaml=manifest))["outcome"] == "succeeded"

    granted = {role for _, role, _ in world.roles.writes}
    assert STORAGE_BLOB_DATA_CONTRIBUTOR.id in granted
    assert STORAGE_BLOB_DATA_READER.id not in granted


def test_an_unknown_resource_stays_a_placeholder_in_the_command(make: Callable[..., World]):
    world = make()
    world.scoring.answer(424, NO_ACCESS)

    remedy = world.deploy()["diagnosis"]["remedy"]

    state = world.workspace.endpoint("hello")
    assert state is not None
    who = f"--assignee-object-id {state.identity.principal_id}"
    assert "Cognitive Services OpenAI User" in remedy
    assert who in remedy
    assert f"--role {OPENAI_USER.id} --scope RESOURCE-ID" in remedy


NO_PULL = (
    "Endpoint identity does not have pull permission on the registry. For System Assigned Identity "
    "case and workspace ACR, platform will wire up the permissions but if using non-workspace ACR, "
    "then User should grant pull permissions to identity on the registry."
)


@pytest.mark.parametrize(
    ("image", "told"),
    [
        ("other.azurecr.io/flows/base:1", True),
        ("sluiceacr.azurecr.io/flows/base:1", False),
        ("mcr.microsoft.com/azureml/promptflow/promptflow-runtime-stable:latest", False),
    ],
)
def test_an_image_of_another_registry_is_reported_before_any_write(
    make: Callable[..., World], image: str, told: bool
):
    world = make(workspace={"identities": [USER]})
    flow = f"{FLOW}environment: {{image: '{image}'}}\n"

    result = world.deploy(content=package(flow=flow, deploy__yaml=ENDPOINT))

    warned = [it for it in result["warnings"] if "not the workspace's" in it]
    assert bool(warned) == told
    if told:
        assert f"--assignee-object-id {USER.principal_id}" in warned[0]
        assert "--scope $(az acr show --name other --query id --output tsv)" in warned[0]


def test_a_denied_pull_from_another_registry_is_not_waited_for(make: Callable[..., World]):
    world = make(workspace={"identities": [USER]})
    world.workspace.fail_deployment("BadArgument", NO_PULL)
    flow = f"{FLOW}environment: {{image: 'other.azurecr.io/flows/base:1'}}\n"

    found = world.deploy(content=package(flow=flow, deploy__yaml=ENDPOINT))["diagnosis"]

    assert f"--role {ACR_PULL.id} --scope RESOURCE-ID" in found["remedy"]
    assert "PROPAGATION_MINUTES" not in found["remedy"]


def test_a_keyless_connection_without_a_resource_is_reported_too(
    make: Callable[..., World],
):
    world = make(workspace={"connections": ["aoai"]}, policy=parse_policy(LETS))

    told = keyless(world, "")

    (warning,) = [it for it in told["warnings"] if "which has no key" in it]
    assert "--scope RESOURCE-ID" in warning
    assert "--scope RESOURCE-ID" in told["diagnosis"]["remedy"]
