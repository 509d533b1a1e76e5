"""Creation of an endpoint: its resource, keys, identity and first role assignments."""

import secrets

from local import cloud
from local.azure_ml import clock, definitions
from local.azure_ml.access import Access
from local.azure_ml.assignments import Assignments
from local.azure_ml.connections import SECRETS_ACTION
from local.azure_ml.endpoint_identity import EndpointIdentities
from local.azure_ml.endpoint_rules import auth_mode
from local.azure_ml.exchange import Call, Json
from local.azure_ml.resources import system_data
from local.azure_ml.routing import ML
from local.azure_ml.store import Store

ENDPOINTS = f"{cloud.WORKSPACE_ID}/onlineEndpoints"
ENFORCED = "enforce_access_to_default_secret_stores"


class EndpointRecords:
    """Creates records of endpoints: the resource, and what the resource does not show."""

    def __init__(
        self, store: Store, identities: EndpointIdentities, access: Access, grants: Assignments
    ) -> None:
        self._store = store
        self._identities = identities
        self._access = access
        self._grants = grants

    def create(self, call: Call, name: str) -> Json:
        identity = self._identities.attach(call, name)
        self._wire_up(identity)
        self._enforce_secrets(call, identity)
        keys = call.properties.get("keys") or {}
        return {
            "resource": self._resource(call, name, identity),
            "keys": {
                kind: keys.get(kind) or secrets.token_urlsafe(24)
                for kind in ("primaryKey", "secondaryKey")
            },
            "secret": secrets.token_hex(16),
            "live": {"traffic": {}, "mirror": {}},
        }

    def deployments(self, endpoint_id: str) -> set[str]:
        """The names of an endpoint's deployments, in lower case."""
        found = self._store.all("deployment", endpoint_id)
        return {str(record["resource"]["name"]).lower() for record in found}

    def _wire_up(self, identity: Json) -> None:
        """Grant a system-assigned identity the roles to pull the image and read the model.

        Source: 'Automatic role assignment for endpoint identity', learn.microsoft.com/azure/
        machine-learning/concept-endpoints-online-auth.
        """
        if "principalId" in identity:
            self._grant(identity, definitions.ACR_PULL, cloud.REGISTRY_ID)
            self._grant(identity, definitions.BLOB_READER, cloud.WORKSPACE_ACCOUNT_ID)

    def _grant(self, identity: Json, role: definitions.Role, scope: str) -> None:
        principal, now = identity["principalId"], clock.seconds()
        self._grants.grant(scope, role, principal, "ServicePrincipal", written=now)

    def _enforce_secrets(self, call: Call, identity: Json) -> None:
        """Grant the secrets reader if the request asks for it and the caller has that right.

        Source: learn.microsoft.com/azure/machine-learning/how-to-deploy-online-endpoint-with-
        secret-injection. For a system-assigned identity only.
        """
        asked = str((call.properties.get("properties") or {}).get(ENFORCED)).lower() == "enabled"
        may = self._access.allows(call.caller.object_id, SECRETS_ACTION, cloud.WORKSPACE_ID)
        if asked and may and "principalId" in identity:
            self._grant(identity, definitions.SECRETS_READER, cloud.WORKSPACE_ID)

    def _resource(self, call: Call, name: str, identity: Json) -> Json:
        wanted = call.properties
        host = f"{name.lower()}.{cloud.REGION}.inference.ml.azure.com"
        resource_id = f"{ENDPOINTS}/{name}"
        own = {"azureml.onlineendpointid": resource_id.lower()}
        return {
            "id": resource_id,
            "name": name,
            "type": f"{ML}/workspaces/onlineEndpoints",
            "location": cloud.REGION,
            "kind": "Managed",
            "tags": call.document.get("tags") or {},
            "identity": identity,
            "systemData": system_data(call),
            "properties": {
                "description": wanted.get("description"),
                "authMode": auth_mode(wanted),
                "publicNetworkAccess": wanted.get("publicNetworkAccess") or "Enabled",
                "compute": None,
                "traffic": wanted.get("traffic") or {},
                "mirrorTraffic": wanted.get("mirrorTraffic") or {},
                "scoringUri": f"https://{host}/score",
                "swaggerUri": f"https://{host}/swagger.json",
                "properties": {**(wanted.get("properties") or {}), **own},
                "provisioningState": "Creating",
            },
        }
