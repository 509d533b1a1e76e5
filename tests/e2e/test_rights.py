"""Identities of endpoints, and missing or late permissions."""

import uuid
from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from local import cloud
from shared.domain.access import roles as known_roles
from shared.domain.access.roles import Role, assignment_name
from shared.domain.manifest.access_rules import ENFORCED
from tests.e2e.client import ENDED, Client, wait, zipped
from tests.fakes.world import INDEX_LOOKUP

IDENTITY_OPERATOR = "f1a07417-d97a-45cb-824c-7a7467783830"
ASSIGNMENTS = "providers/Microsoft.Authorization/roleAssignments"
TABLE: Mapping[str, tuple[Role, str]] = {
    "secrets": (known_roles.CONNECTION_SECRETS_READER, cloud.WORKSPACE_ID),
    "pull": (known_roles.ACR_PULL, cloud.REGISTRY_ID),
    "storage": (known_roles.STORAGE_BLOB_DATA_READER, cloud.WORKSPACE_ACCOUNT_ID),
    "metrics": (known_roles.METRICS_WRITER, cloud.WORKSPACE_ID),
}
NO = {"error": {"code": "AuthorizationFailed", "message": "does not have authorization"}}


def manifest(identity: str) -> str:
    return f"""\
endpoint:
  identity:
    type: user_assigned
    user_assigned_identities: [{{resource_id: {identity}}}]
access: {{metrics_writer: true, connection_secrets: true}}
"""


def make_identity(client: Client, name: str) -> tuple[str, str]:
    """Make a user-assigned identity that Sluice may attach; return its ARM id and principal."""
    path = f"{cloud.GROUP_ID}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/{name}"
    made = client.arm("PUT", path, "2023-01-31", json={"location": cloud.REGION}).json()
    role = f"{cloud.GROUP_ID}/providers/Microsoft.Authorization/roleDefinitions/{IDENTITY_OPERATOR}"
    body = {
        "roleDefinitionId": role,
        "principalId": cloud.APP_PRINCIPAL,
        "principalType": "ServicePrincipal",
    }
    given = client.arm(
        "PUT", f"{path}/{ASSIGNMENTS}/{uuid.uuid4()}", "2022-04-01", json={"properties": body}
    )
    assert given.status_code == 201, given.text
    return path, str(made["properties"]["principalId"])


def take(client: Client, principal: str, seconds: float) -> None:
    """Set how long grants to that identity take until they are in force."""
    client.admin("POST", "settings", json={"late": {principal: seconds}})


@pytest.fixture
def seeded(client: Client) -> Iterator[str]:
    """The emulator's user-assigned identity, without roles before and after."""
    yield cloud.USER_IDENTITY_ID
    take(client, cloud.USER_IDENTITY_PRINCIPAL, 0.5)
    for _, scope in TABLE.values():
        for held in client.assignments(cloud.USER_IDENTITY_PRINCIPAL, scope):
            client.arm("DELETE", held["id"], "2022-04-01")


def test_each_missing_or_late_role_is_reported(echo: Client, samples: Path):
    identities = {name: make_identity(echo, f"lacks-{name}") for name in (*TABLE, "time")}
    take(echo, identities["time"][1], 600)
    faults = []
    for name, (role, scope) in TABLE.items():
        refused = assignment_name(scope, role.id, identities[name][1])
        faults.append({"method": "PUT", "path": refused, "times": -1, "status": 403, "body": NO})

    with echo.fault(*faults):
        jobs = {
            name: echo.drop(
                f"lacks-{name}.zip", zipped(samples / "hello", deploy__yaml=manifest(identity))
            )
            for name, (identity, _) in identities.items()
        }
        results = {name: echo.outcome(job) for name, job in jobs.items()}

    for name, (role, scope) in TABLE.items():
        command = (
            f"az role assignment create --assignee-object-id {identities[name][1]} "
            f"--assignee-principal-type ServicePrincipal --role {role.id} --scope {scope}"
        )
        if name == "metrics":
            assert results[name]["outcome"] == "succeeded", results[name]
            assert any(command in warning for warning in results[name]["warnings"])
        else:
            assert results[name]["outcome"] == "failed", results[name]
            assert results[name]["diagnosis"]["code"] == "GrantLimit"
            assert command in results[name]["diagnosis"]["message"]
            assert echo.deployments(f"lacks-{name}") == []

    late = results["time"]
    assert late["outcome"] == "failed", late
    assert "may not pull" in late["diagnosis"]["cause"]
    assert "PROPAGATION_MINUTES" in late["diagnosis"]["remedy"]
    assert len(late["roles"]) == 4
    assert echo.deployments("lacks-time") == []


def test_a_permission_that_comes_late_is_waited_for(client: Client, samples: Path, seeded: str):
    take(client, cloud.USER_IDENTITY_PRINCIPAL, 3600)
    job = client.drop("late.zip", zipped(samples / "chat", deploy__yaml=manifest(seeded)))

    def waits_for_it() -> bool:
        shown = client.job(job) or {"steps": (), "state": ""}
        assert shown["state"] not in ENDED, shown
        return any("granted and not yet in force" in str(it["note"]) for it in shown["steps"])

    wait(waits_for_it, 300, "the job has not met the missing permission")
    take(client, cloud.USER_IDENTITY_PRINCIPAL, 0)
    results = client.outcome(job)

    assert results["outcome"] == "succeeded", results
    assert {(role["role"], role["scope"]) for role in results["roles"]} == {
        (role.name, scope) for role, scope in TABLE.values()
    }
    assert client.score("late", results["sample_request"]).status_code == 200


def test_enforced_secrets_need_no_grant_by_sluice(echo: Client, samples: Path):
    flow = (samples / "hello" / "flow.dag.yaml").read_text()
    flow += "environment_variables: {KEY: '${open_ai_connection.api_key}'}\n"
    content = zipped(samples / "hello", flow__dag__yaml=flow)
    with echo.fault(method="PUT", path=ASSIGNMENTS, times=-1, status=403, body=NO):
        results = echo.deploy("enforced.zip", content)

    assert results["outcome"] == "succeeded", results
    assert [role["granted_by"] for role in results["roles"]] == ["somebody else"]
    found = echo.endpoint("enforced")
    assert found is not None
    assert found["properties"]["properties"][ENFORCED] == "enabled"


def test_endpoints_of_all_kinds_are_deployed(echo: Client, samples: Path):
    """Every auth mode, an index lookup, a name taken elsewhere, an endpoint of others."""
    path = f"{echo.workspace}/onlineEndpoints/theirs"
    body = {"location": cloud.REGION, "properties": {"authMode": "Key"}}
    assert echo.arm("PUT", path, json=body).status_code == 201
    looks = [partial(echo.call, "GET", "endpoints/theirs")] * 6  # some of which show the past
    wait(lambda: all(it().status_code == 200 for it in looks), 300, "the app does not see it")
    echo.admin("POST", "settings", json={"taken": ["everybodys"]})
    hello = samples / "hello"
    packages = {
        mode: zipped(hello, deploy__yaml=f"endpoint: {{auth_mode: {mode.replace('-', '_')}}}\n")
        for mode in ("key", "aml-token", "aad-token")
    }
    packages |= dict.fromkeys(("everybodys", "theirs"), zipped(hello))
    packages["looks-up"] = zipped(hello, flow__dag__yaml=INDEX_LOOKUP)

    jobs = {name: echo.drop(f"{name}.zip", content) for name, content in packages.items()}
    results: dict[str, dict[str, Any]] = {name: echo.outcome(job) for name, job in jobs.items()}

    assert {
        name: it["outcome"] for name, it in results.items() if it["outcome"] != "succeeded"
    } == {"everybodys": "failed"}, results
    assert "has this name" in results["everybodys"]["diagnosis"]["cause"]
    for name, mode in (("key", "Key"), ("aml-token", "AMLToken"), ("aad-token", "AADToken")):
        found = echo.endpoint(name)
        assert found is not None
        assert found["properties"]["authMode"] == mode
    assert any("was not made by Sluice" in it for it in results["theirs"]["warnings"])
    assert known_roles.DATA_SCIENTIST.name in {
        role["role"] for role in results["looks-up"]["roles"]
    }
    assert any("DATASTORE_READER_ROLE" in it for it in results["looks-up"]["warnings"])
