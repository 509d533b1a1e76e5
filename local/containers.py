"""The blob containers that a deployment of Sluice to Azure creates."""

from azure.core.exceptions import ResourceExistsError
from azure.storage.blob import BlobServiceClient

from local import cloud
from local.addresses import Addresses
from local.app_settings import LEDGER_CONTAINER, drop_connection


def create_containers(at: Addresses) -> None:
    """Create the containers of flows, ledger, events and the workspace, if they do not exist."""
    workspace = cloud.blob_connection_string(
        cloud.WORKSPACE_ACCOUNT, cloud.WORKSPACE_ACCOUNT_KEY, at.port("blob")
    )
    _create(drop_connection(at), cloud.FLOWS_CONTAINER, LEDGER_CONTAINER, cloud.EVENT_DEAD_LETTERS)
    _create(workspace, cloud.WORKSPACE_CONTAINER)


def _create(connection: str, *names: str) -> None:
    with BlobServiceClient.from_connection_string(connection) as account:
        for name in names:
            try:
                account.create_container(name)
            except ResourceExistsError:
                continue
