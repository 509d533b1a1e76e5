"""Each setting is removed, spoiled or contradicted in turn: exactly that one is named."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from local.addresses import addresses
from local.app_settings import app_environment
from local.options import Options
from shared.connection_checks import used
from shared.domain.check import Check
from shared.settings import read_settings
from shared.settings_checks import busiest, check_settings

HOST: dict[str, Any] = json.loads((Path(__file__).parents[3] / "host.json").read_text())
CLIENT = "5a1d0c9e-0000-4000-8000-0000000000c1"
_IDENTITY = {"credential": "managedidentity", "clientId": CLIENT}
AZURE = {
    "WEBSITE_SITE_NAME": "func-a",
    "WEBSITE_RESOURCE_GROUP": "rg-a",
    "WEBSITE_SKU": "FlexConsumption",
    "AzureWebJobsStorage__blobServiceUri": "https://sthost.blob.core.windows.net",
    "AzureWebJobsStorage__queueServiceUri": "https://sthost.queue.core.windows.net",
    "AzureWebJobsStorage__tableServiceUri": "https://sthost.table.core.windows.net",
    "SluiceStorage__blobServiceUri": "https://stdrop.blob.core.windows.net",
    "SluiceStorage__queueServiceUri": "https://stdrop.queue.core.windows.net",
    "SluiceServiceBus__fullyQualifiedNamespace": "sb-a.servicebus.windows.net",
    **{
        f"{name}__{part}": value
        for name in ("AzureWebJobsStorage", "SluiceStorage", "SluiceServiceBus")
        for part, value in _IDENTITY.items()
    },
    "AZURE_CLIENT_ID": CLIENT,
    "AZURE_SUBSCRIPTION_ID": "5a1d0c9e-0000-4000-8000-000000000001",
    "AZURE_RESOURCE_GROUP": "rg-ml",
    "AZURE_ML_WORKSPACE": "ws",
    "SLUICE_POLICY": '[{"prefix": "", "endpoints": ["*"]}]',
    "PYTHON_THREADPOOL_THREAD_COUNT": "32",
}
"""As infra/modules/functionApp.bicep sets them."""
CONTROL = {"proxy": "http://127.0.0.1:1", "ca_bundle": "/ca", "identity_endpoint": "http://x"}


def wrong(environment: Mapping[str, str], host: Mapping[str, Any] = HOST) -> list[Check]:
    return [it for it in check_settings(environment, host) if it.state != "ok"]


@pytest.fixture(scope="module")
def local(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The app's environment on the local stack, without this machine's own variables."""
    at = addresses(tmp_path_factory.mktemp("stack"), None)
    every = app_environment(at, CONTROL, Options())
    own = ("SLUICE", "Sluice", "AZURE", "AzureWebJobs", "PYTHON_THREADPOOL", "SWEEP", "FLOWS")
    also = ("LEDGER", "REQUESTS", "RESULTS", "CHANGES", "QUIET", "PROPAGATION", "GRANT")
    rest = ("OPERATION", "METRICS", "ROLLOUT", "FUNCTIONS_WORKER_RUNTIME")
    return {name: it for name, it in every.items() if name.startswith((*own, *also, *rest))}


def test_nothing_is_wrong_with_the_settings_of_azure_and_of_the_local_stack(
    local: dict[str, str],
) -> None:
    assert wrong(AZURE) == []
    assert wrong(local) == []
    named = {it.name for it in check_settings(local, HOST)}
    assert {"QUIET_PERIOD_SECONDS", "PRICES", "SWEEP_SCHEDULE"} <= named


NEEDED = [it for it in AZURE if not it.startswith("WEBSITE_")]


@pytest.mark.parametrize("name", NEEDED)
def test_a_setting_that_azure_needs_is_named_when_it_is_missing(name: str) -> None:
    [found] = wrong({key: value for key, value in AZURE.items() if key != name})
    assert (found.name, found.state) == (name, "failed")
    told = f"az functionapp config appsettings set -g rg-a -n func-a --settings {name}="
    assert found.command.startswith(told)


def test_each_setting_of_the_local_stack_is_named_when_it_is_missing(
    local: dict[str, str],
) -> None:
    told = {}
    for name in local:
        found = wrong({key: value for key, value in local.items() if key != name})
        assert [it.name for it in found] in ([], [name]), found
        told[name] = bool(found)
    assert {name for name, it in told.items() if it} == {
        "AzureWebJobsStorage",
        "SluiceStorage",
        "SluiceServiceBus",
        "AZURE_SUBSCRIPTION_ID",
        "AZURE_RESOURCE_GROUP",
        "AZURE_ML_WORKSPACE",
        "SLUICE_POLICY",
        "PYTHON_THREADPOOL_THREAD_COUNT",
    }, "the others have defaults"


SPOILED = {
    "AZURE_SUBSCRIPTION_ID": "my-subscription",
    "SLUICE_POLICY": '[{"endpoints": ["*"]}]',
    "FUNCTION_KEY_ALLOWS": "look,everything",
    "QUIET_PERIOD_SECONDS": "soon",
    "PROPAGATION_MINUTES": "-1",
    "GRANT_LIMIT_MINUTES": "four hours",
    "OPERATION_LIMIT_MINUTES": "x",
    "DRIFT_MINUTES": "-5",
    "RETENTION_DAYS": "never",
    "METRICS_LAG_MINUTES": "y",
    "ROLLOUT_HOLD_MINUTES": "z",
    "WEBHOOK_URL": "http://example.org/hook",
    "PRICES": "/nowhere/prices.json",
    "FLOWS_CONTAINER": "Flows",
    "LEDGER_CONTAINER": "a--b",
    "REQUESTS_QUEUE": "-queue",
    "RESULTS_QUEUE": "my queue",
    "CHANGES_QUEUE": "q/",
    "SWEEP_SCHEDULE": "every minute",
    "BLOB_TRIGGER_SOURCE": "Polling",
    "PYTHON_THREADPOOL_THREAD_COUNT": "many",
    "AzureWebJobsStorage__tableServiceUri": "sthost",
    "SluiceStorage__blobServiceUri": "AccountName=a;AccountKey=c2VjcmV0",
    "SluiceStorage__queueServiceUri": "http://stdrop.queue.core.windows.net",
    "SluiceServiceBus__fullyQualifiedNamespace": "sb://sb-a",
    "SluiceServiceBus__credential": "key",
    "SluiceStorage__clientId": "5a1d0c9e-0000-4000-8000-0000000000c2",
}


@pytest.mark.parametrize(("name", "value"), SPOILED.items(), ids=SPOILED)
def test_a_malformed_setting_is_named_alone_and_its_secrets_are_not_shown(
    name: str, value: str
) -> None:
    [found] = wrong({**AZURE, name: value})
    assert (found.name, found.state) == (name, "failed")
    assert found.detail
    assert f"--settings {name}=" in found.command
    assert "c2VjcmV0" not in f"{found}"


@pytest.mark.parametrize(
    ("more", "name", "state"),
    [
        ({"LEDGER_CONTAINER": "flows"}, "LEDGER_CONTAINER", "failed"),
        ({"CHANGES_QUEUE": "Deploy-Requests"}, "CHANGES_QUEUE", "failed"),
        ({"WEBHOOK_SECRET": "s"}, "WEBHOOK_SECRET", "failed"),
        ({"SIGN_IN_AUDIENCE": "api://a"}, "SIGN_IN_AUDIENCE", "failed"),
        ({"FUNCTION_KEY_ALLOWS": "nothing,look"}, "FUNCTION_KEY_ALLOWS", "failed"),
        ({"BLOB_TRIGGER_SOURCE": "LogsAndContainerScan"}, "BLOB_TRIGGER_SOURCE", "failed"),
        ({"FUNCTIONS_WORKER_RUNTIME": "python"}, "FUNCTIONS_WORKER_RUNTIME", "failed"),
        ({"SluiceStorage": "AccountName=a;AccountKey=b"}, "SluiceStorage", "failed"),
        (
            {"AzureWebJobsStorage__blobServiceUri": "https://stdrop.blob.core.windows.net"},
            "AzureWebJobsStorage",
            "warning",
        ),
        (
            {"SLUICE_POLICY": '[{"prefix": "", "endpoints": ["*"], "callers": ["ada"]}]'},
            "SLUICE_POLICY",
            "warning",
        ),
    ],
)
def test_a_setting_that_contradicts_another_is_named_alone(
    more: dict[str, str], name: str, state: str
) -> None:
    [found] = wrong({**AZURE, **more})
    assert (found.name, found.state) == (name, state)


def test_a_connection_string_says_what_it_lacks(local: dict[str, str]) -> None:
    [found] = wrong({**local, "SluiceServiceBus": "Endpoint=sb://a;SharedAccessKeyName=n"})
    assert (found.name, "SharedAccessKey" in found.detail) == ("SluiceServiceBus", True)
    assert found.command.startswith("export SluiceServiceBus=")


def test_host_json_may_not_take_every_thread() -> None:
    assert busiest(HOST) < 32
    greedy = {"extensions": {**HOST["extensions"], "serviceBus": {"maxConcurrentCalls": 16}}}
    [found] = wrong(AZURE, greedy)
    assert (found.area, found.name) == ("host", "PYTHON_THREADPOOL_THREAD_COUNT")
    [fewer] = wrong({**AZURE, "PYTHON_THREADPOOL_THREAD_COUNT": "8"})
    assert fewer.area == "host"


def test_names_of_what_is_used_are_told_and_no_key(local: dict[str, str]) -> None:
    queues = {"requests": "deploy-requests", "results": "deploy-results", "changes": "flow-changes"}
    told = used(read_settings(AZURE))
    assert told == {
        "account": "stdrop",
        "container": "flows",
        "namespace": "sb-a",
        "queues": queues,
    }
    by_key = {
        **AZURE,
        "SluiceStorage": "AccountName=stkey;AccountKey=c2VjcmV0",
        "SluiceServiceBus": "Endpoint=sb://sb-key.servicebus.windows.net/;SharedAccessKey=c2VjcmV0",
    }
    told = used(read_settings(by_key))
    assert (told["account"], told["namespace"]) == ("stkey", "sb-key")
    assert "c2VjcmV0" not in f"{told}"
    assert used(read_settings(local))["account"] == "sluicedrop"
