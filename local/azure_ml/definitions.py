"""Role definitions: the built-in ones that Sluice uses, under their real ids.

Source: learn.microsoft.com/azure/role-based-access-control/built-in-roles
"""

from collections.abc import Iterator
from dataclasses import dataclass

from local import cloud
from local.azure_ml.errors import ArmError
from local.azure_ml.exchange import Answer, Call, Json, list_answer
from local.azure_ml.routing import ML, Route

PROVIDER = "providers/Microsoft.Authorization/roleDefinitions"
_BLOBS = "Microsoft.Storage/storageAccounts/blobServices/containers"


@dataclass(frozen=True)
class Role:
    """A role: id, name, and patterns of allowed actions on resources and on their data."""

    guid: str
    name: str
    actions: tuple[str, ...] = ()
    not_actions: tuple[str, ...] = ()
    data_actions: tuple[str, ...] = ()
    custom: bool = False

    @property
    def id(self) -> str:
        """The ARM id, as assignments in this subscription name it."""
        return f"/subscriptions/{cloud.SUBSCRIPTION}/{PROVIDER}/{self.guid}"

    @property
    def permission(self) -> Json:
        """The role's permissions, as ARM shows them."""
        return {
            "actions": list(self.actions),
            "notActions": list(self.not_actions),
            "dataActions": list(self.data_actions),
            "notDataActions": [],
        }


OWNER = Role("8e3af657-a8ff-443c-a75c-2fe8c4bcb635", "Owner", ("*",))
READER = Role("acdd72a7-3385-48ef-bd42-f606fba81ae7", "Reader", ("*/read",))
CONTRIBUTOR = Role(
    "b24988ac-6180-42a0-ab88-20f7382dd24c",
    "Contributor",
    ("*",),
    ("Microsoft.Authorization/*/Delete", "Microsoft.Authorization/*/Write"),
)
RBAC_ADMINISTRATOR = Role(
    "f58310d9-a9f6-439a-9e8d-f62e7b41a168",
    "Role Based Access Control Administrator",
    (
        "Microsoft.Authorization/roleAssignments/write",
        "Microsoft.Authorization/roleAssignments/delete",
        "*/read",
        "Microsoft.Support/*",
    ),
)
USER_ACCESS_ADMINISTRATOR = Role(
    "18d7d88d-d35e-4fb5-a5c3-7773c20a72d9",
    "User Access Administrator",
    ("*/read", "Microsoft.Authorization/*", "Microsoft.Support/*"),
)
MONITORING_READER = Role(
    "43d0d8ad-25c7-4714-9337-8ba259a9fe05",
    "Monitoring Reader",
    ("*/read", "Microsoft.OperationalInsights/workspaces/search/action", "Microsoft.Support/*"),
)
DATA_SCIENTIST = Role(
    "f6c7c914-8db3-469d-8ca1-694a8f32e121",
    "AzureML Data Scientist",
    (
        f"{ML}/workspaces/*/read",
        f"{ML}/workspaces/*/action",
        f"{ML}/workspaces/*/delete",
        f"{ML}/workspaces/*/write",
    ),
    (
        f"{ML}/workspaces/delete",
        f"{ML}/workspaces/write",
        f"{ML}/workspaces/computes/*/write",
        f"{ML}/workspaces/computes/*/delete",
        f"{ML}/workspaces/computes/listKeys/action",
        f"{ML}/workspaces/listKeys/action",
    ),
)
SECRETS_READER = Role(
    "ea01e6af-a1c1-4350-9563-ad00f8c72ec5",
    "Azure Machine Learning Workspace Connection Secrets Reader",
    (f"{ML}/workspaces/connections/read", f"{ML}/workspaces/connections/listsecrets/action"),
)
METRICS_WRITER = Role(
    "635dd51f-9968-44d3-b7fb-6d9a6bd613ae",
    "AzureML Metrics Writer (preview)",
    (f"{ML}/workspaces/metrics/*/write",),
)
ACR_PULL = Role(
    "7f951dda-4ed3-4680-a7ca-43fe172d538d",
    "AcrPull",
    ("Microsoft.ContainerRegistry/registries/pull/read",),
)
BLOB_READER = Role(
    "2a2b9908-6ea1-4ae2-8e65-a410df84e7d1",
    "Storage Blob Data Reader",
    (f"{_BLOBS}/read",),
    data_actions=(f"{_BLOBS}/blobs/read",),
)
BLOB_CONTRIBUTOR = Role(
    "ba92f5b4-2d11-453d-a403-e96b0029c9fe",
    "Storage Blob Data Contributor",
    (f"{_BLOBS}/delete", f"{_BLOBS}/read", f"{_BLOBS}/write"),
    data_actions=(
        f"{_BLOBS}/blobs/read",
        f"{_BLOBS}/blobs/write",
        f"{_BLOBS}/blobs/delete",
        f"{_BLOBS}/blobs/add/action",
    ),
)
IDENTITY_OPERATOR = Role(
    "f1a07417-d97a-45cb-824c-7a7467783830",
    "Managed Identity Operator",
    (
        "Microsoft.ManagedIdentity/userAssignedIdentities/*/read",
        "Microsoft.ManagedIdentity/userAssignedIdentities/*/assign/action",
        "Microsoft.Authorization/*/read",
        "Microsoft.Insights/alertRules/*",
        "Microsoft.Resources/deployments/*",
        "Microsoft.Resources/subscriptions/resourceGroups/read",
        "Microsoft.Support/*",
    ),
)
OPENAI_USER = Role(
    "5e0bd9bd-7b93-4f28-af87-19fc36ad61bd",
    "Cognitive Services OpenAI User",
    ("Microsoft.CognitiveServices/*/read",),
    data_actions=("Microsoft.CognitiveServices/accounts/OpenAI/*/read",),
)
REGION_READER = Role(
    "5a1d0c9e-0000-4000-8000-0000000000d1",
    "Azure ML Region Reader",
    tuple(f"{ML}/locations/{what}/read" for what in ("usages", "quotas", "vmSizes")),
    custom=True,
)
"""A custom role of this cloud: quota and sizes are read on the subscription.

It does not cover operations: their URLs are signed, and the app may not read them unsigned.
"""
DATASTORE_READER = Role(
    "5a1d0c9e-0000-4000-8000-0000000000d2",
    "Flow Datastore Reader",
    (f"{ML}/workspaces/datastores/read",),
    custom=True,
)
"""A custom role of this cloud: only what a flow with an index lookup needs."""
CONNECTIONS_READER = Role(
    "5a1d0c9e-0000-4000-8000-0000000000d3",
    "Flow Connections Reader",
    (f"{ML}/workspaces/connections/*",),
    (f"{ML}/workspaces/connections/write", f"{ML}/workspaces/connections/delete"),
    custom=True,
)
"""A custom role of this cloud that may read the secrets of connections, among other things."""

ROLES = (
    *(OWNER, CONTRIBUTOR, READER, RBAC_ADMINISTRATOR, USER_ACCESS_ADMINISTRATOR),
    *(DATA_SCIENTIST, SECRETS_READER, METRICS_WRITER, ACR_PULL, BLOB_READER),
    *(BLOB_CONTRIBUTOR, IDENTITY_OPERATOR, OPENAI_USER, REGION_READER),
    *(DATASTORE_READER, CONNECTIONS_READER, MONITORING_READER),
)


def role(definition_id: str) -> Role | None:
    """Return the role of a definition id, whatever the scope in it, or None."""
    guid = definition_id.rstrip("/").rsplit("/", 1)[-1].lower()
    return next((known for known in ROLES if known.guid == guid), None)


def routes() -> Iterator[Route]:
    read = "Microsoft.Authorization/roleDefinitions/read"
    yield Route("GET", f"{{scope}}/{PROVIDER}", read, _list)
    yield Route("GET", f"{{scope}}/{PROVIDER}/{{guid}}", read, _get)


def _list(call: Call) -> Answer:
    wanted = call.query.get("$filter", "").removeprefix("roleName eq ").strip("'")
    return list_answer([_resource(known) for known in ROLES if wanted in ("", known.name)])


def _get(call: Call) -> Answer:
    found = role(call.parts["guid"])
    if not found:
        message = f"The specified role definition with ID '{call.parts['guid']}' does not exist."
        raise ArmError(404, "RoleDefinitionDoesNotExist", message)
    return Answer(_resource(found))


def _resource(known: Role) -> Json:
    return {
        "id": known.id,
        "name": known.guid,
        "type": "Microsoft.Authorization/roleDefinitions",
        "properties": {
            "roleName": known.name,
            "type": "CustomRole" if known.custom else "BuiltInRole",
            "description": known.name,
            "assignableScopes": ["/"],
            "permissions": [known.permission],
        },
    }
