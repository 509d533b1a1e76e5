"""The content of stack.json: everything a local client needs to use the stack."""

from collections.abc import Mapping
from typing import Any

from local import cloud
from local.addresses import Addresses
from local.app_settings import bus_connection, drop_connection
from local.child import Facts


def describe(at: Addresses, control: Facts, host: Facts) -> Mapping[str, Any]:
    """Build the fields of stack.json, with the developer's identity, as after `az login`."""
    return {
        "functions_url": host["url"],
        "function_key": at.function_key,
        "storage_connection_string": drop_connection(at),
        "flows_container": cloud.FLOWS_CONTAINER,
        "servicebus_connection_string": bus_connection(at),
        "requests_queue": cloud.REQUESTS_QUEUE,
        "results_queue": cloud.RESULTS_QUEUE,
        "https_proxy": control["proxy"],
        "ca_bundle": control["ca_bundle"],
        "identity_endpoint": control["identity_endpoint"],
        "identity_header": cloud.DEVELOPER_IDENTITY_HEADER,
        "subscription_id": cloud.SUBSCRIPTION,
        "resource_group": cloud.RESOURCE_GROUP,
        "workspace": cloud.WORKSPACE,
        "admin_url": control["admin_url"],
    }
