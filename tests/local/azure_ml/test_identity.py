"""The managed-identity endpoint, called by the SDK and directly."""

from collections.abc import Callable
from typing import Any

import jwt
import pytest
import requests
from azure.core.exceptions import ClientAuthenticationError
from azure.core.rest import HttpRequest
from azure.identity import DefaultAzureCredential, ManagedIdentityCredential
from azure.mgmt.core import ARMPipelineClient
from azure.mgmt.core.policies import ARMChallengeAuthenticationPolicy

from local import cloud
from local.azure_ml.testing import Facts, in_environment
from tests.local.azure_ml.client import WS, Client, token

USERS = "Microsoft.ManagedIdentity/userAssignedIdentities"
ARM = "https://management.azure.com"


def test_sdk_credentials_get_tokens_for_the_app(facts: Facts) -> None:
    with in_environment(facts.environment()):
        usual = DefaultAzureCredential().get_token(f"{ARM}/.default")
        named = ManagedIdentityCredential(client_id=cloud.APP_CLIENT).get_token(f"{ARM}/.default")
    for found in (usual, named):
        claims = jwt.decode(found.token, options={"verify_signature": False})
        assert claims["oid"] == cloud.APP_PRINCIPAL
        assert claims["tid"] == cloud.TENANT


def test_a_user_assigned_identity_must_be_named(facts: Facts) -> None:
    with (
        in_environment(facts.environment()),
        pytest.raises(ClientAuthenticationError, match="No User Assigned"),
    ):
        ManagedIdentityCredential().get_token(f"{ARM}/.default")


def test_the_apps_identity_may_be_system_assigned_too(
    facts: Facts, settings: Callable[..., None]
) -> None:
    settings(unnamed_identity=True)
    with in_environment(facts.environment()):
        found = ManagedIdentityCredential().get_token(f"{ARM}/.default")
    claims = jwt.decode(found.token, options={"verify_signature": False})
    assert claims["oid"] == cloud.APP_PRINCIPAL


def test_a_plain_arm_client_reads_the_workspace(facts: Facts) -> None:
    with in_environment(facts.environment()):
        own = ManagedIdentityCredential(client_id=cloud.APP_CLIENT)
        policy = ARMChallengeAuthenticationPolicy(own, f"{ARM}/.default")
        client: Any = ARMPipelineClient(base_url=ARM, policies=[policy])
        url = f"{ARM}{WS}?api-version=2025-12-01"
        answer = client.send_request(HttpRequest("GET", url))
    assert answer.status_code == 200
    properties = answer.json()["properties"]
    assert properties["storageAccount"] == cloud.WORKSPACE_ACCOUNT_ID
    assert properties["containerRegistry"] == cloud.REGISTRY_ID


def test_unknown_secret_and_unknown_client_get_no_token(facts: Facts) -> None:
    query = {"api-version": "2019-08-01", "resource": ARM}
    unknown = requests.get(
        facts.identity_endpoint, params=query, headers={"X-IDENTITY-HEADER": "?"}, timeout=60
    )
    assert unknown.status_code == 401
    with pytest.raises(requests.HTTPError, match="400"):
        token(facts, cloud.APP_IDENTITY_HEADER, ARM, cloud.USER_IDENTITY_CLIENT)


def test_a_token_for_another_resource_is_refused_by_arm(facts: Facts, arm: Client) -> None:
    other = token(facts, cloud.APP_IDENTITY_HEADER, "https://storage.azure.com/")
    answer = arm.web.get(
        f"{ARM}{WS}",
        params={"api-version": "2025-12-01"},
        headers={"Authorization": f"Bearer {other}"},
    )
    assert answer.status_code == 401
    assert answer.json()["error"]["code"] == "InvalidAuthenticationTokenAudience"


def test_the_user_assigned_identity_shows_its_ids(arm: Client) -> None:
    found = arm.get(cloud.USER_IDENTITY_ID, version="2023-01-31")["properties"]
    assert found["principalId"] == cloud.USER_IDENTITY_PRINCIPAL
    assert found["clientId"] == cloud.USER_IDENTITY_CLIENT


def test_missing_identity_cannot_be_attached(arm: Client, name: str) -> None:
    nobody = f"{cloud.GROUP_ID}/providers/{USERS}/nobody"
    identity = {"type": "UserAssigned", "userAssignedIdentities": {nobody: {}}}
    answer = arm.put_endpoint(name, identity=identity)
    assert answer.status_code == 400
    assert answer.json()["error"]["code"] == "FailedIdentityOperation"


def test_identity_the_app_may_not_assign_cannot_be_attached(
    arm: Client, developer: Client, name: str
) -> None:
    other = f"{cloud.GROUP_ID}/providers/{USERS}/other-identity"
    assert developer.call("PUT", other, {"location": cloud.REGION}, "2023-01-31").ok
    identity = {"type": "UserAssigned", "userAssignedIdentities": {other: {}}}
    refused = arm.put_endpoint(name, identity=identity)
    assert refused.status_code == 403
    assert refused.json()["error"]["code"] == "LinkedAuthorizationFailed"
    assert developer.put_endpoint(name, identity=identity).status_code == 201
