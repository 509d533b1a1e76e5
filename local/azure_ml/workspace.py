"""The workspace, its registry and its storage account, as read-only resources."""

from collections.abc import Iterator

from local import cloud
from local.azure_ml.exchange import Answer, Call, Json, list_answer
from local.azure_ml.routing import ML, Route

_KEY_VAULT = f"{cloud.GROUP_ID}/providers/Microsoft.KeyVault/vaults/sluice-kv"
_API = f"{cloud.REGION}.api.azureml.ms"


def routes() -> Iterator[Route]:
    read = f"{ML}/workspaces/read"
    yield Route("GET", "{ws}", read, lambda _: Answer(_workspace()))
    yield Route("GET", f"{{group}}/providers/{ML}/workspaces", read, _list)
    registry = "Microsoft.ContainerRegistry/registries/read"
    yield Route("GET", cloud.REGISTRY_ID, registry, lambda _: Answer(_registry()))
    storage = "Microsoft.Storage/storageAccounts/read"
    yield Route("GET", cloud.WORKSPACE_ACCOUNT_ID, storage, lambda _: Answer(_account()))


def _list(_: Call) -> Answer:
    return list_answer([_workspace()])


def _workspace() -> Json:
    return {
        "id": cloud.WORKSPACE_ID,
        "name": cloud.WORKSPACE,
        "type": f"{ML}/workspaces",
        "location": cloud.REGION,
        "kind": "Default",
        "tags": {},
        "sku": {"name": "Basic", "tier": "Basic"},
        "identity": {
            "type": "SystemAssigned",
            "principalId": "5a1d0c9e-0000-4000-8000-0000000000b4",
            "tenantId": cloud.TENANT,
        },
        "properties": {
            "friendlyName": cloud.WORKSPACE,
            "workspaceId": cloud.WORKSPACE_GUID,
            "provisioningState": "Succeeded",
            "publicNetworkAccess": "Enabled",
            "storageAccount": cloud.WORKSPACE_ACCOUNT_ID,
            "containerRegistry": cloud.REGISTRY_ID,
            "keyVault": _KEY_VAULT,
            "applicationInsights": cloud.INSIGHTS_ID,
            "discoveryUrl": f"https://{_API}/discovery",
            "mlFlowTrackingUri": f"azureml://{_API}/mlflow/v1.0{cloud.WORKSPACE_ID}",
        },
    }


def _registry() -> Json:
    return {
        "id": cloud.REGISTRY_ID,
        "name": cloud.REGISTRY,
        "type": "Microsoft.ContainerRegistry/registries",
        "location": cloud.REGION,
        "sku": {"name": "Basic", "tier": "Basic"},
        "properties": {
            "loginServer": f"{cloud.REGISTRY}.azurecr.io",
            "provisioningState": "Succeeded",
        },
    }


def _account() -> Json:
    host = f"{cloud.WORKSPACE_ACCOUNT}.blob.core.windows.net"
    return {
        "id": cloud.WORKSPACE_ACCOUNT_ID,
        "name": cloud.WORKSPACE_ACCOUNT,
        "type": "Microsoft.Storage/storageAccounts",
        "location": cloud.REGION,
        "kind": "StorageV2",
        "properties": {
            "provisioningState": "Succeeded",
            "primaryEndpoints": {"blob": f"https://{host}/"},
        },
    }
