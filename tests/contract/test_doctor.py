"""Each right of Sluice's identity is taken away in turn: exactly that one is named."""

import json
import time
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import pytest
import requests
from azure.storage.blob import BlobServiceClient

from local import cloud
from local.azure_ml import definitions
from local.azure_ml.definitions import Role
from local.azure_ml.initial_assignments import INITIAL
from local.azure_ml.testing import Facts
from local.service_bus.address import connection_string
from shared.app_names import AppNames
from shared.bootstrap import build, build_probes
from shared.domain.check import Check
from shared.settings import read_settings
from shared.steps.views.doctor import examine
from tests.contract.bus_sides import KEY, Broker

ARM = "https://management.azure.com"
PROVIDER = "providers/Microsoft.Authorization/roleAssignments"
OWN = [(scope, role) for scope, role, who in INITIAL if who[0] == cloud.APP_PRINCIPAL]
DROPS = f"$(az storage account show --name {cloud.DROP_ACCOUNT} --query id --output tsv)"


@dataclass(frozen=True)
class Administrator:
    """The local cloud's developer, who owns the group and the subscription's roles."""

    facts: Facts

    def call(self, method: str, path: str, body: object = None) -> requests.Response:
        return self.send(method, f"{ARM}{path}", {"api-version": "2022-04-01"}, body)

    def send(
        self, method: str, url: str, query: Mapping[str, str], body: object = None
    ) -> requests.Response:
        identity = self.facts.identity_endpoint
        asked = {"resource": ARM, "api-version": "2019-08-01"}
        header = {"X-IDENTITY-HEADER": cloud.DEVELOPER_IDENTITY_HEADER}
        token = requests.get(identity, params=asked, headers=header, timeout=60).json()
        return requests.request(
            method,
            url,
            params=query,
            headers={"Authorization": f"Bearer {token['access_token']}"},
            json=body,
            timeout=60,
        )

    def take(self, scope: str, role: Role) -> None:
        page = self.call("GET", f"{scope}/{PROVIDER}").json()
        found = list(page["value"])
        while link := page.get("nextLink"):
            page = self.send("GET", link, {}).json()
            found += page["value"]
        for it in found:
            inner = it["properties"]
            mine = (inner["principalId"], inner["scope"]) == (cloud.APP_PRINCIPAL, scope)
            if mine and inner["roleDefinitionId"].endswith(role.guid):
                assert self.call("DELETE", it["id"]).status_code == 200

    def give(self, scope: str, role: Role) -> None:
        wanted = {
            "roleDefinitionId": role.id,
            "principalId": cloud.APP_PRINCIPAL,
            "principalType": "ServicePrincipal",
        }
        path = f"{scope}/{PROVIDER}/{uuid.uuid4()}"
        assert self.call("PUT", path, {"properties": wanted}).status_code == 201


@pytest.fixture(scope="module")
def administrator(facts: Facts) -> Administrator:
    return Administrator(facts)


@pytest.fixture(scope="module")
def environment(facts: Facts, broker: Broker, drop_account: BlobServiceClient) -> dict[str, str]:
    """Storage by identity, Service Bus by key; one identity that flows may run as."""
    assert facts
    for name in (cloud.FLOWS_CONTAINER, "ledger"):
        container = drop_account.get_container_client(name)
        if not container.exists():
            container.create_container()
    rule = {"prefix": "", "endpoints": ["*"], "identities": ["*", cloud.USER_IDENTITY_ID]}
    return {
        "SluiceStorage__blobServiceUri": f"https://{cloud.DROP_ACCOUNT}.blob.core.windows.net",
        "SluiceServiceBus": connection_string(broker.port, KEY),
        "AZURE_SUBSCRIPTION_ID": cloud.SUBSCRIPTION,
        "AZURE_RESOURCE_GROUP": cloud.RESOURCE_GROUP,
        "AZURE_ML_WORKSPACE": cloud.WORKSPACE,
        "SLUICE_POLICY": json.dumps([rule]),
    }


def look(environment: Mapping[str, str]) -> list[Check]:
    """Everything that is not as it should be."""
    settings = read_settings(environment)
    found = examine(build(settings), build_probes(settings, environment), AppNames())
    return [it for it in found if it.state != "ok"]


def soon(environment: Mapping[str, str], done: Callable[[list[Check]], bool]) -> list[Check]:
    """Look until it is as expected: a change of a role takes a moment."""
    for _ in range(300):
        if done(found := look(environment)):
            return found
        time.sleep(0.1)
    return found


def test_nothing_is_missing_where_everything_is_granted(environment: dict[str, str]) -> None:
    assert look(environment) == []


# What is named when the role is gone. Monitoring Reader on the workspace is in the right to grant.
TOLD = [it for it in OWN if it != (cloud.WORKSPACE_ID, definitions.MONITORING_READER)]
TOLD = [it for it in TOLD if it[1] is not definitions.REGION_READER]


@pytest.mark.parametrize(("scope", "role"), TOLD, ids=[f"{r.name}-{s[-20:]}" for s, r in TOLD])
def test_exactly_the_role_that_was_taken_is_named(
    administrator: Administrator, environment: dict[str, str], scope: str, role: Role
) -> None:
    administrator.take(scope, role)
    try:
        found = look(environment)
    finally:
        administrator.give(scope, role)
    assert [it.area for it in found] == ["permissions"], found
    told = DROPS if scope == cloud.DROP_ACCOUNT_ID else scope
    assert found[0].name == f"{role.name} on {told}"
    assert found[0].command.startswith(
        f"az role assignment create --assignee-object-id {cloud.APP_PRINCIPAL} "
        f"--assignee-principal-type ServicePrincipal --role {role.guid} --scope {told}"
    )
    assert ("--condition" in found[0].command) is (role is definitions.RBAC_ADMINISTRATOR)
    assert soon(environment, lambda it: not it) == []


def test_reading_metrics_is_missing_once_no_other_role_has_it(
    administrator: Administrator, environment: dict[str, str]
) -> None:
    both = (definitions.MONITORING_READER, definitions.RBAC_ADMINISTRATOR)
    for role in both:
        administrator.take(cloud.WORKSPACE_ID, role)
    try:
        found = look(environment)
    finally:
        for role in both:
            administrator.give(cloud.WORKSPACE_ID, role)
    assert {it.name for it in found} == {f"{it.name} on {cloud.WORKSPACE_ID}" for it in both}
    assert soon(environment, lambda it: not it) == []


def test_the_region_that_may_not_be_read_is_named(
    administrator: Administrator, environment: dict[str, str]
) -> None:
    faults = f"{administrator.facts.admin_url}/faults"
    refused = {"error": {"code": "AuthorizationFailed", "message": "does not have authorization"}}
    rule = {"method": "GET", "path": "/usages", "status": 403, "times": -1, "body": refused}
    requests.post(faults, json=rule, timeout=60)
    try:
        [found] = look(environment)
    finally:
        requests.delete(faults, timeout=60)
    assert (found.area, found.state) == ("permissions", "warning")
    assert found.name.startswith("quota")
    assert f"--scope /subscriptions/{cloud.SUBSCRIPTION}" in found.command
    assert "locations/*/read" in found.command


@pytest.mark.parametrize(
    ("changed", "name", "code"),
    [
        ({"FLOWS_CONTAINER": "elsewhere"}, "container elsewhere", "ContainerNotFound"),
        ({"LEDGER_CONTAINER": "nowhere"}, "container nowhere", "ContainerNotFound"),
        ({"AZURE_ML_WORKSPACE": "other"}, "workspace", "ResourceNotFound"),
        ({"RESULTS_QUEUE": "gone"}, "send to gone", "MessagingEntityNotFoundError"),
    ],
)
def test_what_is_not_there_is_named(
    environment: dict[str, str], changed: dict[str, str], name: str, code: str
) -> None:
    [found] = look({**environment, **changed})
    assert (found.area, found.name, found.state) == ("connections", name, "failed")
    assert code in found.detail
    assert found.command or name.startswith("send"), "of a bus on loopback nothing is known"


def test_a_wrong_key_of_service_bus_is_told_for_each_use(environment: dict[str, str]) -> None:
    wrong = environment["SluiceServiceBus"].replace(KEY, "d3Jvbmc=")
    found = look({**environment, "SluiceServiceBus": wrong})
    assert {it.area for it in found} == {"connections"}
    assert len(found) == 5
