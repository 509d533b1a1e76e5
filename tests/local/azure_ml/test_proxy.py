"""The proxy tunnels Azure's hosts and refuses the rest; blobs reach Azurite signed."""

import socket
import uuid
from typing import Any

import pytest
import requests
from azure.core.exceptions import HttpResponseError
from azure.identity import ManagedIdentityCredential
from azure.storage.blob import BlobServiceClient

from local import cloud
from local.azure_ml.testing import Facts, in_environment
from tests.local.azure_ml.client import Client, token

HOST = f"https://{cloud.WORKSPACE_ACCOUNT}.blob.core.windows.net"


def test_other_hosts_are_refused_with_a_clear_reason(facts: Facts) -> None:
    port = int(facts.proxy.rsplit(":", 1)[1])
    with socket.create_connection(("127.0.0.1", port), 5) as plain:
        plain.sendall(b"CONNECT example.org:443 HTTP/1.1\r\nHost: example.org\r\n\r\n")
        answer = plain.makefile("rb").read().decode()
    assert answer.startswith("HTTP/1.1 403 ")
    assert answer.endswith("example.org:443 is not part of the local cloud\n")


def test_hosts_are_trusted_only_with_the_local_ca(facts: Facts) -> None:
    with pytest.raises(requests.exceptions.SSLError):
        requests.get("https://management.azure.com/", proxies={"https": facts.proxy}, timeout=60)


@pytest.mark.parametrize("secret", ["key", "sas", "token"])
def test_blobs_are_written_and_read_with_each_kind_of_credential(
    facts: Facts, arm: Client, secret: str
) -> None:
    with in_environment(facts.environment()):
        credential: object = cloud.WORKSPACE_ACCOUNT_KEY
        if secret == "sas":
            path = "datastores/workspaceblobstore/listSecrets"
            credential = arm.call("POST", path, {}).json()["sasToken"]
        if secret == "token":
            credential = ManagedIdentityCredential(client_id=cloud.APP_CLIENT)
        service = BlobServiceClient(HOST, credential=credential)  # type: ignore[arg-type]
        blob = service.get_blob_client(cloud.WORKSPACE_CONTAINER, f"try/{uuid.uuid4()} é.bin")
        content = bytes(range(256)) * 40_000
        blob.upload_blob(content, metadata={"a": "b"})
        assert blob.download_blob().readall() == content
        assert blob.get_blob_properties().metadata == {"a": "b"}


def test_an_identity_without_a_role_on_the_storage_is_refused(facts: Facts) -> None:
    with in_environment(facts.environment(cloud.DEVELOPER_IDENTITY_HEADER)):
        service = BlobServiceClient(HOST, credential=ManagedIdentityCredential())
        blob = service.get_blob_client(cloud.WORKSPACE_CONTAINER, "try/denied")
        with pytest.raises(HttpResponseError, match="AuthorizationPermissionMismatch"):
            blob.upload_blob(b"x")


def test_scoring_front_sees_traffic_keys_and_limits(arm: Client, endpoint: str) -> None:
    arm.ended(
        arm.put_deployment(
            endpoint,
            "blue",
            instances=2,
            requestSettings={"requestTimeout": "PT1M", "maxConcurrentRequestsPerInstance": 3},
        )
    )
    arm.ended(arm.put_endpoint(endpoint, traffic={"blue": 100}))
    keys = arm.call("POST", f"onlineEndpoints/{endpoint}/listKeys").json()

    seen = score(arm, endpoint, keys["primaryKey"])

    assert (seen["allowed"], seen["traffic"], seen["mode"]) == (True, {"blue": 100}, "Key")
    assert (seen["deployments"]["blue"]["timeout_s"]) == 60
    assert (seen["deployments"]["blue"]["max_concurrent"]) == 6
    assert score(arm, endpoint, "another")["allowed"] is False

    new = {"keyType": "Primary", "keyValue": "a-new-key"}
    assert arm.call("POST", f"onlineEndpoints/{endpoint}/regenerateKeys", new).ok
    assert score(arm, endpoint, keys["primaryKey"])["allowed"] is False
    assert score(arm, endpoint, "a-new-key")["allowed"] is True


def test_tokens_are_valid_for_endpoints_in_token_modes(
    facts: Facts, arm: Client, name: str
) -> None:
    arm.ended(arm.put_endpoint(name, mode="AMLToken"))
    given = arm.call("POST", f"onlineEndpoints/{name}/token").json()
    assert score(arm, name, given["accessToken"])["allowed"] is True
    refused = arm.call("POST", f"onlineEndpoints/{name}/listKeys")
    assert refused.status_code == 400

    other = f"{name}-a"
    arm.ended(arm.put_endpoint(other, mode="AADToken"))
    assert score(arm, other, given["accessToken"])["allowed"] is False
    own = token(facts, cloud.APP_IDENTITY_HEADER, "https://ml.azure.com")
    assert score(arm, other, own)["allowed"] is True
    nobody = token(facts, cloud.APP_IDENTITY_HEADER, "https://management.azure.com")
    assert score(arm, other, nobody)["allowed"] is False


def score(arm: Client, endpoint: str, key: str) -> Any:
    url = f"https://{endpoint}.{cloud.REGION}.inference.ml.azure.com/score"
    return arm.web.post(url, json={}, headers={"Authorization": f"Bearer {key}"}).json()
