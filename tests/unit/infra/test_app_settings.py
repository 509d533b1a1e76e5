"""The function app's settings, against those that the app reads: both ways."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from azure.monitor.opentelemetry._constants import _ALL_SUPPORTED_INSTRUMENTED_LIBRARIES

from shared.settings import Settings, read_settings
from tests.unit.infra.bicep import INFRA, read

ROOT = INFRA.parent
OWN = read(INFRA / "modules" / "functionApp.bicep").variables["settings"]
DECIDED = json.loads((INFRA / "settings.json").read_text(encoding="utf-8"))
READ = {str(field.alias) for field in Settings.model_fields.values()}

REFUSED = {
    "FUNCTIONS_WORKER_RUNTIME",
    "FUNCTIONS_WORKER_RUNTIME_VERSION",
    "FUNCTIONS_WORKER_PROCESS_COUNT",
    "FUNCTIONS_EXTENSION_VERSION",
    "SCM_DO_BUILD_DURING_DEPLOYMENT",
    "ENABLE_ORYX_BUILD",
    "WEBSITE_CONTENTSHARE",
    "WEBSITE_CONTENTAZUREFILECONNECTIONSTRING",
    "WEBSITE_RUN_FROM_PACKAGE",
    "WEBSITE_SKIP_CONTENTSHARE_VALIDATION",
    "WEBSITE_VNET_ROUTE_ALL",
}
"""Flex Consumption ignores or refuses them ('App settings reference', deprecations of the plan)."""
HOSTS = {
    "APPLICATIONINSIGHTS_AUTHENTICATION_STRING",
    "APPLICATIONINSIGHTS_CONNECTION_STRING",
    "AZURE_CLIENT_ID",
    "OTEL_PYTHON_DISABLED_INSTRUMENTATIONS",
    "PYTHON_APPLICATIONINSIGHTS_ENABLE_TELEMETRY",
    "PYTHON_THREADPOOL_THREAD_COUNT",
}
"""Read by the Functions host, the Python worker or the libraries, not by the app."""
CONNECTIONS = {
    "AzureWebJobsStorage": {"blobServiceUri", "queueServiceUri", "tableServiceUri"},
    "SluiceStorage": {"blobServiceUri", "queueServiceUri"},
    "SluiceServiceBus": {"fullyQualifiedNamespace"},
}


def test_every_setting_of_the_template_is_read_by_somebody():
    named = {
        f"{name}__{part}"
        for name, parts in CONNECTIONS.items()
        for part in (*parts, "credential", "clientId")
    }
    assert {*OWN, *DECIDED} - READ - HOSTS - named == set()
    assert named <= OWN.keys()


def test_every_setting_that_the_app_needs_is_set():
    needed = {str(it.alias) for it in Settings.model_fields.values() if it.is_required()}
    assert needed <= OWN.keys()
    given = {**dict.fromkeys(OWN, "x"), **DECIDED, "SLUICE_POLICY": _text("policy.json")}
    assert read_settings(given).rules


def test_every_other_setting_has_a_default_in_the_code():
    for field in Settings.model_fields.values():
        if field.alias not in {*OWN, *DECIDED}:
            assert not field.is_required(), field.alias


@pytest.mark.parametrize("name", sorted(REFUSED))
def test_no_setting_is_one_that_flex_consumption_refuses(name: str):
    assert name not in {*OWN, *DECIDED}
    assert name not in json.loads((ROOT / "local.settings.sample.json").read_text())["Values"]


def test_no_library_sends_calls_of_its_own():
    """Their URLs hold signatures that OpenTelemetry does not mask: those of status URLs."""
    disabled = str(OWN["OTEL_PYTHON_DISABLED_INSTRUMENTATIONS"]).split(",")
    assert disabled == sorted(_ALL_SUPPORTED_INSTRUMENTED_LIBRARIES)


def test_what_an_operator_decides_does_not_replace_a_connection():
    assert set(DECIDED) & set(OWN) == set()
    assert all(isinstance(value, str) for value in DECIDED.values())


def test_no_setting_is_a_secret():
    for name, value in {**OWN, **DECIDED}.items():
        assert not re.search(r"key|secret|password|sig=", str(value), re.IGNORECASE), name
        assert not re.search(r"SECRET|KEY$|PASSWORD", name), name


def _text(name: str) -> Any:
    return Path(INFRA / name).read_text(encoding="utf-8")
