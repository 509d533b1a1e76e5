"""The environment of the app on the local stack: the settings it would have in Azure."""

import json
import os
from collections.abc import Mapping
from typing import Final

from local import cloud
from local.addresses import Addresses
from local.child import Facts
from local.options import Options
from local.service_bus.address import connection_string

LEDGER_CONTAINER: Final = "ledger"

POLICY: Final = [
    {
        "prefix": "",
        "endpoints": ["*"],
        "identities": ["*"],
        "connections": ["*"],
        "roles": [{"role": "AzureML Data Scientist", "scopes": ["*"]}],
    }
]
"""Policy for a single developer: allows everything."""

# Variables of the developer's own proxy and Azure account, hidden from the app. Most clients prefer
# lower-case proxy variables to upper-case ones.
FOREIGN: Final = (
    *("http_proxy", "https_proxy", "all_proxy", "no_proxy", "azure_", "identity_"),
    *("otel_", "applicationinsights_"),
)

_SOON: Final = {"OTEL_BSP_SCHEDULE_DELAY": "500", "OTEL_METRIC_EXPORT_INTERVAL": "2000"}
"""Milliseconds between two batches: a developer waits for them."""


def app_environment(
    at: Addresses, control: Facts, options: Options, traces: str = ""
) -> dict[str, str]:
    """Build the variables of the Functions host.

    `control`: the control plane's ready line. `traces`: the URL of the receiver of traces, if any.
    """
    own = {
        name: value for name, value in os.environ.items() if not name.lower().startswith(FOREIGN)
    }
    sent = {"OTEL_EXPORTER_OTLP_ENDPOINT": traces, **_SOON} if traces else {}
    given = {**_app(), **_connections(at), **_network(control), **sent, **options.settings}
    return {**own, **given}


def drop_connection(at: Addresses) -> str:
    """Return the connection string of the account with flows and ledger."""
    return cloud.blob_connection_string(cloud.DROP_ACCOUNT, cloud.DROP_ACCOUNT_KEY, at.port("blob"))


def host_connection(at: Addresses) -> str:
    """Return the connection string of the Functions host's own account."""
    return cloud.blob_connection_string(cloud.HOST_ACCOUNT, cloud.HOST_ACCOUNT_KEY, at.port("blob"))


def bus_connection(at: Addresses) -> str:
    """Return the connection string of the Service Bus namespace."""
    return connection_string(at.port("service_bus"), at.servicebus_key)


def _connections(at: Addresses) -> Mapping[str, str]:
    return {
        "AzureWebJobsStorage": host_connection(at),
        "SluiceStorage": drop_connection(at),
        "SluiceServiceBus": bus_connection(at),
    }


def _app() -> Mapping[str, str]:
    return {
        "FUNCTIONS_WORKER_RUNTIME": "python",
        "FLOWS_CONTAINER": cloud.FLOWS_CONTAINER,
        "LEDGER_CONTAINER": LEDGER_CONTAINER,
        "REQUESTS_QUEUE": cloud.REQUESTS_QUEUE,
        "RESULTS_QUEUE": cloud.RESULTS_QUEUE,
        "CHANGES_QUEUE": cloud.CHANGES_QUEUE,
        "AZURE_SUBSCRIPTION_ID": cloud.SUBSCRIPTION,
        "AZURE_RESOURCE_GROUP": cloud.RESOURCE_GROUP,
        "AZURE_ML_WORKSPACE": cloud.WORKSPACE,
        "SLUICE_POLICY": json.dumps(POLICY),
        "QUIET_PERIOD_SECONDS": "5",
        "PROPAGATION_MINUTES": "20",
        "GRANT_LIMIT_MINUTES": "240",
        "OPERATION_LIMIT_MINUTES": "60",
        "METRICS_LAG_MINUTES": "0",
        "ROLLOUT_HOLD_MINUTES": "30",
        "SWEEP_SCHEDULE": "0 * * * * *",
        "PYTHON_THREADPOOL_THREAD_COUNT": "32",
    }


def _network(control: Facts) -> Mapping[str, str]:
    return {
        "HTTPS_PROXY": str(control["proxy"]),
        "NO_PROXY": "127.0.0.1,localhost",
        "REQUESTS_CA_BUNDLE": str(control["ca_bundle"]),
        "SSL_CERT_FILE": str(control["ca_bundle"]),
        "IDENTITY_ENDPOINT": str(control["identity_endpoint"]),
        "IDENTITY_HEADER": cloud.APP_IDENTITY_HEADER,
        "AZURE_CLIENT_ID": cloud.APP_CLIENT,
    }
