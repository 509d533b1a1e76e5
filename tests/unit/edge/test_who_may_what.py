"""The policy: each rule with an allowed and a denied case, through all three doors."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
import yaml

from shared.domain.access.caller import Callers
from shared.domain.access.policy_rule import parse_policy
from shared.domain.azure.endpoint import Identity
from shared.steps.intake.doors import accept_drop, accept_message
from tests.fakes.http import FakeHost
from tests.fakes.world import INDEX_LOOKUP, World, make_world, package
from tests.unit.edge.conftest import Starts

ID = "/subscriptions/s/resourceGroups/g/providers/Microsoft.ManagedIdentity/userAssignedIdentities"
SCOPE = "/subscriptions/s/resourceGroups/team-a"
POLICY = parse_policy(
    json.dumps(
        [
            {
                "prefix": "team-a",
                "endpoints": ["Team-A-*"],
                "identities": [f"{ID}/team-a"],
                "connections": ["team-a-*"],
                "roles": [
                    {"role": "Reader", "scopes": [f"{SCOPE}/*"]},
                    {"role": "AzureML Data Scientist", "scopes": ["*"]},
                ],
            },
            {"prefix": "team-b", "endpoints": ["team-b-*"]},
        ]
    )
)


def _runs_as(name: str) -> str:
    users = f"[{{resource_id: {ID}/{name}}}]"
    return f"endpoint: {{identity: {{type: user_assigned, user_assigned_identities: {users}}}}}\n"


def _reads(name: str) -> str:
    value = f"${{{{azureml://connections/{name}/credentials/key}}}}"
    return f"deployment: {{environment_variables: {{KEY: '{value}'}}}}\n"


def _role(scope: str) -> str:
    return f"access: {{roles: [{{role: Reader, scope: {scope}}}]}}\n"


type Line = tuple[str, str, str]
"""The path of the drop, its manifest, its flow."""

NO_ROLE = "access: {connection_secrets: false}\n"
ALLOWED: dict[str, Line] = {
    "its own endpoint": ("team-a/team-a-faq.zip", NO_ROLE, ""),
    "its own endpoint, in capitals": ("team-a/Team-A-Faq.zip", NO_ROLE, ""),
    "a folder below": ("team-a/x/team-a-faq.zip", NO_ROLE, ""),
    "its identity": ("team-a/team-a-faq.zip", _runs_as("team-a"), ""),
    "its identity, in capitals": ("team-a/team-a-faq.zip", _runs_as("TEAM-A"), ""),
    "its connection": ("team-a/team-a-faq.zip", _reads("team-a-llm"), ""),
    "an index lookup": ("team-a/team-a-faq.zip", NO_ROLE, INDEX_LOOKUP),
}
DENIED: dict[str, Line] = {
    "another's endpoint": ("team-a/team-b-faq.zip", NO_ROLE, ""),
    "another's endpoint by its manifest": (
        "team-a/team-a-faq.zip",
        "endpoint: {name: Team-B-Faq}\n",
        "",
    ),
    "a folder that only begins so": ("team-a2/team-a-faq.zip", NO_ROLE, ""),
    "a folder in capitals": ("Team-A/team-a-faq.zip", NO_ROLE, ""),
    "no folder": ("team-a-faq.zip", NO_ROLE, ""),
    "another's identity": ("team-a/team-a-faq.zip", _runs_as("team-b"), ""),
    "an identity by a way round": ("team-a/team-a-faq.zip", _runs_as("team-a/../team-b"), ""),
    "an identity without a rule": ("team-b/team-b-faq.zip", _runs_as("team-b"), ""),
    "another's connection": ("team-a/team-a-faq.zip", _reads("team-b-llm"), ""),
    "a connection without a rule": ("team-b/team-b-faq.zip", _reads("team-b-llm"), ""),
    "all connections": ("team-a/team-a-faq.zip", "access: {connection_secrets: true}\n", ""),
    "a role elsewhere": ("team-a/team-a-faq.zip", _role("/subscriptions/s"), ""),
    "a role by a way round": ("team-a/team-a-faq.zip", _role(f"{SCOPE}/../team-b"), ""),
    "an index lookup without a rule": ("team-b/team-b-faq.zip", NO_ROLE, INDEX_LOOKUP),
}


@pytest.fixture
def world() -> World:
    users = [
        Identity("UserAssigned", f"{ID}/{it}", it, it) for it in ("team-a", "TEAM-A", "team-b")
    ]
    connections = ["team-a-llm", "team-b-llm"]
    return make_world(workspace={"identities": users, "connections": connections}, policy=POLICY)


def _put(world: World, line: Line) -> str:
    path, manifest, flow = line
    given: dict[str, Any] = {"flow": flow} if flow else {}
    world.flows.put(path, package(deploy__yaml=manifest, **given))
    return path


def _by_blob(world: World, host: FakeHost, path: str) -> str:
    del host
    taken = accept_drop(world.ports, path)
    assert taken is not None
    return taken.job


def _by_bus(world: World, host: FakeHost, path: str) -> str:
    del host
    body = json.dumps({"source": {"blob": path}}).encode()
    now = datetime(2026, 1, 1, tzinfo=UTC)
    return accept_message(world.ports, body, message_id="m", enqueued=now).job


def _by_http(world: World, host: FakeHost, path: str) -> str:
    del world
    answer = host.ask("POST", "deployments", json.dumps({"source": {"blob": path}}).encode())
    assert answer.status_code == 202, answer.get_body()
    return str(json.loads(answer.get_body())["job"])


DOORS = {"blob": _by_blob, "bus": _by_bus, "http": _by_http}
type Door = Callable[[World, FakeHost, str], str]


@pytest.mark.parametrize("door", DOORS.values(), ids=DOORS)
@pytest.mark.parametrize("line", ALLOWED.values(), ids=ALLOWED)
def test_a_flow_that_a_rule_allows_is_deployed(
    world: World, host: FakeHost, line: Line, door: Door
):
    job = door(world, host, _put(world, line))
    assert world.engine.run(job) == "succeeded", world.last
    assert world.last["endpoint"] == "team-a-faq"


@pytest.mark.parametrize("door", DOORS.values(), ids=DOORS)
@pytest.mark.parametrize("line", DENIED.values(), ids=DENIED)
def test_a_flow_that_no_rule_allows_is_rejected_without_writes(
    world: World, host: FakeHost, line: Line, door: Door
):
    job = door(world, host, _put(world, line))
    assert world.engine.run(job) == "rejected", world.last
    assert world.last["findings"]
    assert world.writes == []


@pytest.mark.parametrize("path", ["team-a/../team-b/team-b-faq.zip", "team-a/./../x.zip"])
def test_path_traversal_is_refused_at_every_door(world: World, host: FakeHost, path: str):
    body = json.dumps({"source": {"blob": path}}).encode()
    assert host.ask("POST", "deployments", body).status_code == 400
    now = datetime(2026, 1, 1, tzinfo=UTC)
    for job in (
        accept_message(world.ports, body, message_id="m", enqueued=now).job,
        _by_blob(world, host, _put(world, (path, NO_ROLE, ""))),
    ):
        assert world.engine.run(job) == "rejected"
    assert world.writes == []


def test_overrides_redeploys_and_deletions_follow_the_same_rules(
    world: World, host: FakeHost, starts: Starts
):
    path = _put(world, ALLOWED["its own endpoint"])
    assert world.engine.run(_by_http(world, host, path)) == "succeeded"
    before = list(world.writes)
    theirs = {"endpoint": {"name": "team-b-faq"}}
    asked = {"source": {"blob": path}, "manifest": theirs}
    for route, body in (
        ("deployments", asked),
        ("endpoints/team-a-faq/redeploy", {"manifest": _override(_reads("team-b-llm"))}),
    ):
        answer = host.ask("POST", route, json.dumps(body).encode())
        assert answer.status_code == 202, answer.get_body()
        assert world.engine.run(starts.jobs[-1]) == "rejected", route
    assert world.writes == before
    world.ports = replace(world.ports, policy=parse_policy('[{"prefix": "b", "endpoints": ["*"]}]'))
    world.engine = type(world.engine)(world.ports, world.clock)
    for method, route in (
        ("POST", "endpoints/TEAM-A-FAQ/redeploy"),
        ("DELETE", "endpoints/Team-A-Faq?confirm=team-a-faq"),
    ):
        assert host.ask(method, route).status_code == 202
        assert world.engine.run(starts.jobs[-1]) == "rejected", route
    assert world.writes == before


def _override(text: str) -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load(text)
    return loaded


SIGNED_IN = {"x-ms-client-principal-name": "ada@example.org"}


@pytest.mark.parametrize(
    ("sign_in", "headers", "outcome"),
    [
        ("True", SIGNED_IN, "succeeded"),
        ("True", {"x-ms-client-principal-name": "bob@example.org"}, "rejected"),
        ("True", {}, "rejected"),
        ("", SIGNED_IN, "rejected"),
    ],
    ids=["who is named", "another", "a key alone", "a header that anybody could write"],
)
def test_a_rule_with_callers_allows_only_them_over_http(
    world: World,
    host: FakeHost,
    monkeypatch: pytest.MonkeyPatch,
    sign_in: str,
    headers: dict[str, str],
    outcome: str,
):
    monkeypatch.setenv("WEBSITE_AUTH_ENABLED", sign_in)
    rule = '[{"prefix": "", "endpoints": ["*"], "callers": ["ada@example.org"]}]'
    world.ports = replace(world.ports, policy=parse_policy(rule))
    world.engine = type(world.engine)(world.ports, world.clock)
    path = _put(world, ALLOWED["its own endpoint"])
    answer = host.ask(
        "POST", "deployments", json.dumps({"source": {"blob": path}}).encode(), headers
    )
    assert world.engine.run(str(json.loads(answer.get_body())["job"])) == outcome


def test_a_setting_decides_what_a_function_key_alone_allows(world: World, host: FakeHost):
    world.deploy("team-a/team-a-faq")
    world.ports = replace(world.ports, callers=Callers(key=frozenset({"look"})))

    assert host.ask("GET", "endpoints").status_code == 200
    assert host.ask("POST", "endpoints/team-a-faq/redeploy").status_code == 403
    assert host.ask("DELETE", "endpoints/team-a-faq?confirm=team-a-faq").status_code == 403
    world.ports = replace(world.ports, callers=Callers(key=frozenset()))
    assert host.ask("GET", "jobs").status_code == 403
