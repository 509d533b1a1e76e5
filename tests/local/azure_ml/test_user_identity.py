"""An endpoint with a user-assigned identity fails until the identity may pull and read."""

import json
import uuid
from collections.abc import Callable, Iterator

import pytest

from local import cloud
from local.azure_ml import definitions
from tests.local.azure_ml.client import ROLES, Client, failed, token

AS_USER = {"type": "UserAssigned", "userAssignedIdentities": {cloud.USER_IDENTITY_ID: {}}}


@pytest.fixture
def granted(arm: Client) -> Iterator[list[str]]:
    """Ids of assignments to delete afterwards."""
    ids: list[str] = []
    yield ids
    for one in ids:
        arm.call("DELETE", one, None, ROLES)


def grant(arm: Client, scope: str, role: definitions.Role, granted: list[str]) -> None:
    answer = arm.grant(scope, role.guid, cloud.USER_IDENTITY_PRINCIPAL, str(uuid.uuid4()))
    assert answer.status_code == 201, answer.text
    granted.append(answer.json()["id"])


def test_deployments_fail_until_all_roles_are_in_force(
    arm: Client, name: str, granted: list[str], settings: Callable[..., None]
) -> None:
    arm.ended(arm.put_endpoint(name, identity=AS_USER))
    shown = arm.get(f"onlineEndpoints/{name}")["identity"]["userAssignedIdentities"]
    assert shown[cloud.USER_IDENTITY_ID]["principalId"] == cloud.USER_IDENTITY_PRINCIPAL

    assert "pull permission" in failure(arm, name)
    settings(grant_seconds=600)
    grant(arm, cloud.REGISTRY_ID, definitions.ACR_PULL, granted)
    assert "pull permission" in failure(arm, name), "the grant is not yet in force"
    settings(grant_seconds=0)
    assert "Startup task failed due to authorization error" in failure(arm, name)
    grant(arm, cloud.WORKSPACE_ACCOUNT_ID, definitions.BLOB_READER, granted)
    assert arm.ended(arm.put_deployment(name, "blue"))["status"] == "Succeeded"

    collector = {"collections": {"model_inputs": {"dataCollectionMode": "Enabled"}}}
    refused = arm.ended(arm.put_deployment(name, "green", dataCollector=collector))
    assert failed(refused, "BadArgument")
    assert "storage account when mdc is enabled" in refused["error"]["message"]
    grant(arm, cloud.WORKSPACE_ACCOUNT_ID, definitions.BLOB_CONTRIBUTOR, granted)
    again = arm.put_deployment(name, "green", dataCollector=collector)
    assert arm.ended(again)["status"] == "Succeeded"


def test_container_gets_user_assigned_tokens_only_by_client_id(
    arm: Client, name: str, granted: list[str]
) -> None:
    grant(arm, cloud.REGISTRY_ID, definitions.ACR_PULL, granted)
    grant(arm, cloud.WORKSPACE_ACCOUNT_ID, definitions.BLOB_READER, granted)
    arm.ended(arm.put_endpoint(name, identity=AS_USER))
    arm.ended(arm.put_deployment(name, "blue"))
    log = arm.call("POST", f"onlineEndpoints/{name}/deployments/blue/getLogs", {}).json()
    text = log["content"]
    secret = json.loads(text[text.index("{") :])["platform"]["IDENTITY_HEADER"]

    assert token(arm.facts, secret, "https://management.azure.com", cloud.USER_IDENTITY_CLIENT)
    with pytest.raises(Exception, match="400"):
        token(arm.facts, secret, "https://management.azure.com")


def failure(arm: Client, endpoint: str) -> str:
    status = arm.ended(arm.put_deployment(endpoint, "blue"))
    assert failed(status, "BadArgument")
    return str(status["error"]["message"])
