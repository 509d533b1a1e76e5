"""A script with only the public SDKs, without code of this project."""

from typing import Any

import pytest
from azure.ai.ml import MLClient
from azure.identity import ManagedIdentityCredential

from tests.e2e.client import Client, zipped
from tests.fakes.world import READS_CONNECTIONS

SECRETS_READER = "ea01e6af-a1c1-4350-9563-ad00f8c72ec5"


@pytest.fixture
def ml(client: Client, monkeypatch: pytest.MonkeyPatch) -> MLClient:
    """An MLClient as on a machine in Azure, through the proxy and the CA of stack.json."""
    facts = client.facts
    monkeypatch.setenv("HTTPS_PROXY", facts["https_proxy"])
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", facts["ca_bundle"])
    monkeypatch.setenv("IDENTITY_ENDPOINT", facts["identity_endpoint"])
    monkeypatch.setenv("IDENTITY_HEADER", facts["identity_header"])
    monkeypatch.setenv("NO_PROXY", "127.0.0.1,localhost")
    return MLClient(
        ManagedIdentityCredential(),
        facts["subscription_id"],
        facts["resource_group"],
        facts["workspace"],
    )


def test_a_dropped_zip_becomes_an_endpoint_that_mlclient_sees(client: Client, ml: Any, samples):
    job = client.drop("newcomer.zip", zipped(samples / "hello", deploy__yaml=READS_CONNECTIONS))
    (event,) = client.results(job)

    result = event["data"]
    assert event["specversion"] == "1.0"
    assert result["outcome"] == "succeeded"
    endpoint = ml.online_endpoints.get("newcomer")
    assert endpoint.provisioning_state == "Succeeded"
    assert endpoint.traffic == {result["deployment"]: 100} == result["traffic"]
    assert endpoint.scoring_uri == result["scoring_uri"]
    deployment = ml.online_deployments.get(result["deployment"], "newcomer")
    assert deployment.provisioning_state == "Succeeded"
    assert deployment.model.endswith(f"/models/newcomer/versions/{result['digest']}")
    (held,) = client.assignments(endpoint.identity.principal_id)
    assert held["properties"]["roleDefinitionId"].endswith(SECRETS_READER)
    assert held["properties"]["principalType"] == "ServicePrincipal"
    answer = client.score("newcomer", {"question": "one two three"})
    assert answer.status_code == 200
    assert answer.json()["words"] == 3
    assert (
        client.score("newcomer", {"question": "a b"}, Authorization="Bearer no").status_code == 401
    )
    keys = client.arm("POST", f"{client.workspace}/onlineEndpoints/newcomer/listKeys").json()
    assert keys["primaryKey"] not in str(event)
