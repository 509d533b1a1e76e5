"""What an endpoint may look like, and what of it may change."""

from local import cloud
from local.azure_ml.errors import ArmError, invalid
from local.azure_ml.exchange import Json

MODES = {"key": "Key", "amltoken": "AMLToken", "aadtoken": "AADToken"}
OWN_PROPERTIES = ("AzureAsyncOperationUri", "azureml.onlineendpointid")
"""Properties that the platform writes; a client may send back what it read."""


def auth_mode(properties: Json) -> str:
    said = str(properties.get("authMode") or "Key")
    mode = MODES.get(said.lower())
    if mode is None:
        raise invalid(f"The authMode '{said}' is not one of Key, AMLToken, AADToken.")
    return mode


def check_location(document: Json) -> None:
    said = str(document.get("location") or "")
    if said.replace(" ", "").lower() != cloud.REGION:
        message = f"The provided location '{said}' is not that of the workspace, '{cloud.REGION}'."
        raise ArmError(400, "LocationNotAvailableForResourceType", message)


def check_identity_kept(before: Json, wanted: Json | None) -> None:
    """An endpoint's identity cannot change after creation."""
    if wanted is not None and _identity(before) != _identity(wanted):
        message = "The identity of an endpoint cannot be changed after its creation."
        raise invalid(message, field="Identity")


def merged_properties(before: Json, wanted: Json) -> Json:
    """Properties may be added, but not altered."""
    for key, value in wanted.items():
        if key not in OWN_PROPERTIES and before.get(key, value) != value:
            raise invalid(f"The property '{key}' cannot be altered.", field="Properties")
    return {**before, **{k: v for k, v in wanted.items() if k not in OWN_PROPERTIES}}


def _identity(identity: Json) -> tuple[str, frozenset[str]]:
    kind = str(identity.get("type") or "SystemAssigned").replace(" ", "").lower()
    users = identity.get("userAssignedIdentities") or {}
    return kind, frozenset(one.lower() for one in users)
