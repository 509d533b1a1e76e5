"""The workspace's default datastore, and the secrets that open it."""

import datetime as dt
from collections.abc import Iterator

from azure.storage.blob import ContainerSasPermissions, generate_container_sas

from local import cloud
from local.azure_ml.errors import ArmError, not_found
from local.azure_ml.exchange import Answer, Call, Json, list_answer
from local.azure_ml.resources import system_data
from local.azure_ml.routing import ML, Route
from local.azure_ml.settings import Settings

NAME = "workspaceblobstore"
_SAS_HOURS = 4


class Datastores:
    """One datastore over the container of the workspace's storage account."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def routes(self) -> Iterator[Route]:
        action = f"{ML}/workspaces/datastores"
        yield Route("GET", "{ws}/datastores", f"{action}/read", self._list)
        yield Route("GET", "{ws}/datastores/{name}", f"{action}/read", self._get)
        secrets = f"{action}/listSecrets/action"
        yield Route("POST", "{ws}/datastores/{name}/listSecrets", secrets, self._secrets)

    def _list(self, call: Call) -> Answer:
        return list_answer([self._resource(call)])

    def _get(self, call: Call) -> Answer:
        _check(call)
        return Answer(self._resource(call))

    def _secrets(self, call: Call) -> Answer:
        _check(call)
        kind = self._settings.datastore_credentials
        if kind == "None":
            message = "The datastore is identity-based: it has no secrets."
            raise ArmError(400, "UserError", message)
        if kind == "Sas":
            return Answer({"secretsType": "Sas", "sasToken": container_sas()})
        return Answer({"secretsType": "AccountKey", "key": cloud.WORKSPACE_ACCOUNT_KEY})

    def _resource(self, call: Call) -> Json:
        return {
            "id": f"{cloud.WORKSPACE_ID}/datastores/{NAME}",
            "name": NAME,
            "type": f"{ML}/workspaces/datastores",
            "systemData": system_data(call),
            "properties": {
                "description": None,
                "tags": None,
                "properties": None,
                "isDefault": True,
                "credentials": {"credentialsType": self._settings.datastore_credentials},
                "datastoreType": "AzureBlob",
                "accountName": cloud.WORKSPACE_ACCOUNT,
                "containerName": cloud.WORKSPACE_CONTAINER,
                "endpoint": "core.windows.net",
                "protocol": "https",
                "serviceDataAccessAuthIdentity": "None",
                "subscriptionId": cloud.SUBSCRIPTION,
                "resourceGroup": cloud.RESOURCE_GROUP,
            },
        }


def container_sas() -> str:
    """Return a shared access signature with read and write access to the workspace's container."""
    return generate_container_sas(
        cloud.WORKSPACE_ACCOUNT,
        cloud.WORKSPACE_CONTAINER,
        account_key=cloud.WORKSPACE_ACCOUNT_KEY,
        permission=ContainerSasPermissions(
            read=True, write=True, delete=True, list=True, add=True, create=True
        ),
        expiry=dt.datetime.now(dt.UTC) + dt.timedelta(hours=_SAS_HOURS),
    )


def _check(call: Call) -> None:
    if call.parts["name"].lower() != NAME:
        raise not_found(call.path.removesuffix("/listSecrets"))
