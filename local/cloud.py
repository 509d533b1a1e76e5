"""The local cloud: its subscription, workspace, accounts and names.

All values are made up in the right format; none of them is a secret of a real Azure account.
"""

import base64
from typing import Final

TENANT: Final = "5a1d0c9e-0000-4000-8000-00000000aad0"
SUBSCRIPTION: Final = "5a1d0c9e-0000-4000-8000-000000000001"
RESOURCE_GROUP: Final = "sluice-rg"
WORKSPACE: Final = "sluice-ws"
WORKSPACE_GUID: Final = "5a1d0c9e-0000-4000-8000-0000000000a1"
REGION: Final = "westeurope"

GROUP_ID: Final = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/{RESOURCE_GROUP}"
WORKSPACE_ID: Final = (
    f"{GROUP_ID}/providers/Microsoft.MachineLearningServices/workspaces/{WORKSPACE}"
)
REGISTRY: Final = "sluiceacr"
REGISTRY_ID: Final = f"{GROUP_ID}/providers/Microsoft.ContainerRegistry/registries/{REGISTRY}"

# The workspace's own storage, used under its real host name through the proxy.
WORKSPACE_ACCOUNT: Final = "sluicemlstore"
WORKSPACE_ACCOUNT_KEY: Final = base64.b64encode(
    b"sluice-workspace-storage".ljust(64, b"-")
).decode()
WORKSPACE_CONTAINER: Final = f"azureml-blobstore-{WORKSPACE_GUID}"
WORKSPACE_ACCOUNT_ID: Final = (
    f"{GROUP_ID}/providers/Microsoft.Storage/storageAccounts/{WORKSPACE_ACCOUNT}"
)

# The workspace's Application Insights.
INSIGHTS_ID: Final = f"{GROUP_ID}/providers/Microsoft.Insights/components/sluice-insights"

# The account of dropped flows and the ledger, used by connection string (plain HTTP on loopback) or
# by token under its real host name.
DROP_ACCOUNT: Final = "sluicedrop"
DROP_ACCOUNT_KEY: Final = base64.b64encode(b"sluice-drop-storage-key".ljust(64, b"-")).decode()
DROP_ACCOUNT_ID: Final = f"{GROUP_ID}/providers/Microsoft.Storage/storageAccounts/{DROP_ACCOUNT}"
FLOWS_CONTAINER: Final = "flows"
# The blob trigger of the app, to which its events are subscribed.
DROP_FUNCTION: Final = "on_drop"
EVENT_DEAD_LETTERS: Final = "event-dead-letters"

# The Functions host's own storage account.
HOST_ACCOUNT: Final = "sluicehost"
HOST_ACCOUNT_KEY: Final = base64.b64encode(b"sluice-host-storage-key".ljust(64, b"-")).decode()

REQUESTS_QUEUE: Final = "deploy-requests"
RESULTS_QUEUE: Final = "deploy-results"
CHANGES_QUEUE: Final = "flow-changes"

# Identities: the app's managed identity, a developer who owns the resource group, and a
# user-assigned identity for endpoints. The identity endpoint selects one by the secret in
# X-IDENTITY-HEADER, which each machine in Azure has too.
APP_PRINCIPAL: Final = "5a1d0c9e-0000-4000-8000-0000000000b1"
APP_CLIENT: Final = "5a1d0c9e-0000-4000-8000-0000000000c1"
APP_IDENTITY_HEADER: Final = "local-app-identity"
DEVELOPER_PRINCIPAL: Final = "5a1d0c9e-0000-4000-8000-0000000000b2"
DEVELOPER_IDENTITY_HEADER: Final = "local-developer-identity"
USER_IDENTITY: Final = "flow-identity"
USER_IDENTITY_ID: Final = (
    f"{GROUP_ID}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/{USER_IDENTITY}"
)
USER_IDENTITY_PRINCIPAL: Final = "5a1d0c9e-0000-4000-8000-0000000000b3"
USER_IDENTITY_CLIENT: Final = "5a1d0c9e-0000-4000-8000-0000000000c3"


def blob_connection_string(account: str, key: str, port: int) -> str:
    """Return a connection string for Azurite on loopback, with queues on the next port."""
    return (
        f"DefaultEndpointsProtocol=http;AccountName={account};AccountKey={key};"
        f"BlobEndpoint=http://127.0.0.1:{port}/{account};"
        f"QueueEndpoint=http://127.0.0.1:{port + 1}/{account};"
    )
