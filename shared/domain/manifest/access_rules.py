"""Check the manifest's endpoint identity and its access."""

from collections.abc import Iterator

from shared.domain.errors import Finding
from shared.domain.manifest.layers import Layers
from shared.domain.manifest.model import Manifest

ENFORCED = "enforce_access_to_default_secret_stores"
"""The property by which Azure lets the endpoint's own identity read connection secrets."""


def access_findings(manifest: Manifest, layers: Layers) -> Iterator[Finding]:
    """Find contradictions between identity, access and the endpoint's property."""
    yield from _identity(manifest, layers)
    value = (manifest.endpoint.properties or {}).get(ENFORCED)
    if value is None:
        return
    at, enforced = ("endpoint", "properties", ENFORCED), value.lower()
    if enforced not in {"enabled", "disabled"}:
        cause = f"'{ENFORCED}' is '{value}'"
        yield layers.finding(at, cause, "Write enabled or disabled")
    elif manifest.access.connection_secrets is not None and (
        manifest.access.connection_secrets != (enforced == "enabled")
    ):
        cause = f"'{ENFORCED}' is '{value}', and access.connection_secrets says the opposite"
        yield layers.finding(at, cause, "Set only one of them")
    identity = manifest.endpoint.identity
    if enforced == "enabled" and identity is not None and identity.type == "user_assigned":
        cause = f"'{ENFORCED}' has no effect for a user-assigned identity"
        remedy = "Leave it out; Sluice grants the role itself"
        yield layers.finding(at, cause, remedy, "warning")


def _identity(manifest: Manifest, layers: Layers) -> Iterator[Finding]:
    identity = manifest.endpoint.identity
    if identity is None:
        return
    at = ("endpoint", "identity", "user_assigned_identities")
    if identity.type == "user_assigned" and not identity.user_assigned_identities:
        cause = "a user-assigned identity is requested, but not named"
        yield layers.finding(at[:2], cause, "Add user_assigned_identities with one resource_id")
    if identity.type == "system_assigned" and identity.user_assigned_identities:
        cause = "a system-assigned identity is requested, but a user-assigned one is named"
        yield layers.finding(at, cause, "Set type: user_assigned, or remove the identity")
