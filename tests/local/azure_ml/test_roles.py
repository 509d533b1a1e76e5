"""Role assignments: refusals, lists, and when they are in force."""

import json
import uuid
from collections.abc import Callable

import requests

from local import cloud
from local.azure_ml import definitions
from tests.local.azure_ml.client import ROLES, WS, Client, error

SECRETS_READER = definitions.SECRETS_READER.guid
ACR_PULL = definitions.ACR_PULL.guid
ASSIGNMENTS = "providers/Microsoft.Authorization/roleAssignments"
PERMISSIONS = "providers/Microsoft.Authorization/permissions"


def test_repeated_assignment_is_idempotent(arm: Client, endpoint: str) -> None:
    name, principal = str(uuid.uuid4()), principal_of(arm, endpoint)
    first = arm.grant(WS, SECRETS_READER, principal, name)
    again = arm.grant(WS, SECRETS_READER, principal, name)
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json() == again.json()


def test_same_identity_role_and_scope_under_another_name_conflicts(
    arm: Client, endpoint: str
) -> None:
    principal = principal_of(arm, endpoint)
    assert arm.grant(WS, SECRETS_READER, principal, str(uuid.uuid4())).ok
    other = arm.grant(WS, SECRETS_READER, principal, str(uuid.uuid4()))
    assert (other.status_code, error(other)) == (409, "RoleAssignmentExists")


def test_wrong_principal_type_is_refused(arm: Client, endpoint: str) -> None:
    answer = arm.grant(
        WS, SECRETS_READER, principal_of(arm, endpoint), str(uuid.uuid4()), principalType="User"
    )
    assert (answer.status_code, error(answer)) == (400, "UnmatchedPrincipalType")


def test_new_identity_without_principal_type_is_not_found(
    arm: Client, endpoint: str, settings: Callable[..., None]
) -> None:
    settings(grant_seconds=600)
    body = {"properties": {"principalId": principal_of(arm, endpoint)}}
    body["properties"]["roleDefinitionId"] = definitions.SECRETS_READER.id
    path = f"{WS}/{ASSIGNMENTS}/{uuid.uuid4()}"

    answer = arm.call("PUT", path, body, ROLES)
    assert (answer.status_code, error(answer)) == (400, "PrincipalNotFound")

    settings(grant_seconds=0)
    assert arm.call("PUT", path, body, ROLES).status_code == 201


def test_wrong_names_and_roles_are_refused(arm: Client, endpoint: str) -> None:
    principal = principal_of(arm, endpoint)
    wrong_name = arm.grant(WS, SECRETS_READER, principal, "not-a-guid")
    assert (wrong_name.status_code, error(wrong_name)) == (400, "InvalidRoleAssignmentId")
    wrong_role = arm.grant(WS, str(uuid.uuid4()), principal, str(uuid.uuid4()))
    assert (wrong_role.status_code, error(wrong_role)) == (400, "RoleDefinitionDoesNotExist")


def test_assignment_is_listed_at_once_and_in_force_later(
    arm: Client, endpoint: str, settings: Callable[..., None]
) -> None:
    settings(grant_seconds=600)
    reader = identity_client(arm, endpoint)
    secrets = "connections/open_ai_connection/listsecrets"
    denied = reader.call("POST", secrets, version="2023-04-01-preview")
    assert (denied.status_code, error(denied)) == (403, "AuthorizationFailed")

    principal = principal_of(arm, endpoint)
    assert arm.grant(WS, SECRETS_READER, principal, str(uuid.uuid4())).ok
    listed = assignments(arm, WS, f"principalId eq '{principal}'")
    assert [role for role, _ in listed] == [SECRETS_READER]
    assert reader.call("POST", secrets, version="2023-04-01-preview").status_code == 403

    settings(grant_seconds=0)
    allowed = reader.call("POST", secrets, version="2023-04-01-preview")
    assert allowed.json()["properties"]["credentials"] == {"key": "local-openai-key"}


def test_assignment_filters_include_scopes_above_and_below(
    arm: Client, developer: Client, endpoint: str
) -> None:
    principal = principal_of(arm, endpoint)
    assert arm.grant(WS, SECRETS_READER, principal, str(uuid.uuid4())).ok
    only = f"principalId eq '{principal}'"
    # Two of them are the platform's own.
    assert len(assignments(developer, cloud.GROUP_ID, only)) == 3
    assert len(assignments(arm, f"{WS}/onlineEndpoints/{endpoint}", only)) == 1
    assert [role for role, _ in assignments(arm, cloud.REGISTRY_ID, only)] == [ACR_PULL]
    at_scope = f"atScope() and assignedTo('{principal}')"
    assert len(assignments(developer, cloud.GROUP_ID, at_scope)) == 0
    assert len(assignments(arm, WS, at_scope)) == 1
    assert len(assignments(arm, WS, f"assignedTo('{principal}')")) == 1
    refused = arm.call("GET", f"{WS}/{ASSIGNMENTS}", None, ROLES, **{"$filter": "roleName eq 'x'"})
    assert (refused.status_code, error(refused)) == (400, "UnsupportedQuery")


def test_a_deleted_assignment_is_gone(arm: Client, endpoint: str) -> None:
    name, principal = str(uuid.uuid4()), principal_of(arm, endpoint)
    arm.grant(WS, SECRETS_READER, principal, name)
    path = f"{WS}/{ASSIGNMENTS}/{name}"
    assert arm.call("DELETE", path, None, ROLES).status_code == 200
    assert arm.call("DELETE", path, None, ROLES).status_code == 204
    missing = arm.call("GET", path, None, ROLES)
    assert (missing.status_code, error(missing)) == (404, "RoleAssignmentNotFound")


def test_app_without_the_right_to_grant_gets_azures_refusal(
    arm: Client, developer: Client, endpoint: str
) -> None:
    right = next(
        one
        for one in developer.all(
            f"{cloud.GROUP_ID}/{ASSIGNMENTS}",
            version=ROLES,
            **{"$filter": f"principalId eq '{cloud.APP_PRINCIPAL}'"},
        )
        if one["properties"]["roleDefinitionId"].endswith(definitions.RBAC_ADMINISTRATOR.guid)
        and one["properties"]["scope"] == cloud.WORKSPACE_ID
    )
    assert developer.call("DELETE", right["id"], None, ROLES).ok
    try:
        principal = principal_of(arm, endpoint)
        refused = arm.grant(WS, SECRETS_READER, principal, str(uuid.uuid4()))
        assert (refused.status_code, error(refused)) == (403, "AuthorizationFailed")
        message = refused.json()["error"]["message"]
        assert "does not have authorization to perform action" in message
        assert "Microsoft.Authorization/roleAssignments/write" in message
        allowed = developer.grant(WS, SECRETS_READER, principal, str(uuid.uuid4()))
        assert allowed.status_code == 201
    finally:
        body = {"properties": right["properties"]}
        assert developer.call("PUT", right["id"], body, ROLES).ok
    assert arm.grant(WS, definitions.METRICS_WRITER.guid, principal, str(uuid.uuid4())).ok


def test_caller_can_list_its_own_permissions(arm: Client, developer: Client) -> None:
    own = arm.all(f"{WS}/{PERMISSIONS}", version=ROLES)
    actions = {action for permission in own for action in permission["actions"]}
    assert "Microsoft.Authorization/roleAssignments/write" in actions
    assert "*" not in actions
    theirs = developer.all(f"{WS}/{PERMISSIONS}", version=ROLES)
    assert ["*"] in [permission["actions"] for permission in theirs]


def test_app_may_not_write_outside_its_roles(arm: Client) -> None:
    path = f"{cloud.GROUP_ID}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/new"
    refused = arm.call("PUT", path, {}, "2023-01-31")
    assert (refused.status_code, error(refused)) == (403, "AuthorizationFailed")


def test_role_definitions_are_read_by_id_and_name(arm: Client) -> None:
    below = f"{WS}/providers/Microsoft.Authorization/roleDefinitions"
    found = arm.get(f"{below}/{definitions.ACR_PULL.guid}", version=ROLES)
    assert found["properties"]["roleName"] == "AcrPull"
    named = arm.get(below, version=ROLES, **{"$filter": "roleName eq 'AcrPull'"})
    assert [one["name"] for one in named["value"]] == [definitions.ACR_PULL.guid]


def test_platform_grants_secrets_reader_if_enforced(arm: Client, name: str) -> None:
    enforced = {"enforce_access_to_default_secret_stores": "enabled"}
    arm.ended(arm.put_endpoint(name, properties=enforced))
    listed = assignments(arm, WS, f"principalId eq '{principal_of(arm, name)}'")
    assert [role for role, _ in listed] == [SECRETS_READER]


def test_forged_token_is_refused(arm: Client) -> None:
    answer = requests.get(
        f"https://management.azure.com{WS}",
        params={"api-version": ROLES},
        headers={"Authorization": "Bearer e30.e30.e30"},
        proxies={"https": arm.facts.proxy},
        verify=arm.facts.ca_bundle,
        timeout=60,
    )
    assert (answer.status_code, error(answer)) == (401, "InvalidAuthenticationToken")
    assert "Bearer" in answer.headers["WWW-Authenticate"]


def principal_of(arm: Client, endpoint: str) -> str:
    return str(arm.get(f"onlineEndpoints/{endpoint}")["identity"]["principalId"])


def assignments(arm: Client, scope: str, only: str) -> list[tuple[str, str]]:
    found = arm.all(f"{scope}/{ASSIGNMENTS}", version=ROLES, **{"$filter": only})
    return [
        (one["properties"]["roleDefinitionId"].rsplit("/", 1)[-1], one["properties"]["scope"])
        for one in found
    ]


def identity_client(arm: Client, endpoint: str) -> Client:
    """Return a client with the identity of an endpoint's container."""
    arm.ended(arm.put_deployment(endpoint, "blue"))
    path = f"onlineEndpoints/{endpoint}/deployments/blue/getLogs"
    log = arm.call("POST", path, {}).json()["content"]
    given = json.loads(log[log.index("{") :])["platform"]
    return Client(arm.facts, given["IDENTITY_HEADER"])
