"""Checks of an endpoint: valid values, and the fields that may change."""

from local import cloud
from local.azure_ml.errors import ArmError, invalid
from local.azure_ml.exchange import Json

MODES = {"key": "Key", "amltoken": "AMLToken", "aadtoken": "AADToken"}
OWN_PROPERTIES = ("AzureAsyncOperationUri", "azureml.onlineendpointid")
"""Properties that the platform writes; a client may send back what it read."""


def auth_mode(properties: Json) -> str:
    stated = str(properties.get("authMode") or "Key")
    mode = MODES.get(stated.lower())
    if mode is None:
        raise invalid(f"The authMode '{stated}' is not one of Key, AMLToken, AADToken.")
    return mode


def check_location(document: Json) -> None:
    stated = str(document.get("location") or "")
    if stated.replace(" ", "").lower() != cloud.REGION:
        message = (
            f"The provided location '{stated}' is not that of the workspace, '{cloud.REGION}'."
        )
        raise ArmError(400, "LocationNotAvailableForResourceType", message)


def check_identity_kept(before: Json, wanted: Json | None) -> None:
    """Refuse to change an endpoint's identity after its creation."""
    if wanted is not None and _identity(before) != _identity(wanted):
        message = "The identity of an endpoint cannot be changed after its creation."
        raise invalid(message, field="Identity")


def merge_properties(before: Json, wanted: Json) -> Json:
    """Add properties; refuse to change an existing one."""
    for key, value in wanted.items():
        if key not in OWN_PROPERTIES and before.get(key, value) != value:
            raise invalid(f"The property '{key}' cannot be altered.", field="Properties")
    return {**before, **{k: v for k, v in wanted.items() if k not in OWN_PROPERTIES}}


def _identity(identity: Json) -> tuple[str, frozenset[str]]:
    kind = str(identity.get("type") or "SystemAssigned").replace(" ", "").lower()
    users = identity.get("userAssignedIdentities") or {}
    return kind, frozenset(one.lower() for one in users)
