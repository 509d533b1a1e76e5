"""The desired endpoint and the access of its identity, from the manifest."""

from shared.domain.access.roles import AccessAsk, AskedRole
from shared.domain.azure.endpoint import AuthMode, Identity
from shared.domain.kinds.content import Content
from shared.domain.manifest import Endpoint, Manifest
from shared.domain.manifest import Identity as AskedIdentity
from shared.domain.manifest.access_rules import ENFORCED
from shared.domain.release.connections_used import connections_used
from shared.domain.release.release import EndpointAsk

_AUTH_MODES: dict[str, AuthMode] = {"key": "Key", "aml_token": "AMLToken", "aad_token": "AADToken"}


def endpoint_ask(name: str, asked: Endpoint) -> EndpointAsk:
    """Make the desired endpoint, without secrets enforcement, which only its creation can set."""
    properties = {key: it for key, it in (asked.properties or {}).items() if key != ENFORCED}
    return EndpointAsk(
        name=name,
        auth_mode=_AUTH_MODES[asked.auth_mode] if asked.auth_mode is not None else None,
        identity=_identity(asked.identity),
        description=asked.description,
        tags=dict(asked.tags or {}),
        properties=properties,
        public_network_access=(asked.public_network_access or "").capitalize() or None,
    )


def access_ask(content: Content, manifest: Manifest) -> AccessAsk:
    """Make the desired access: connection secrets if the flow or manifest needs them."""
    asked = manifest.access
    enforced = (manifest.endpoint.properties or {}).get(ENFORCED, "").lower()
    unused = (
        asked.connection_secrets is None
        and not enforced
        and not connections_used(content, manifest)
    )
    allowed = asked.connection_secrets is not False and enforced != "disabled" and not unused
    return AccessAsk(
        connection_secrets=allowed,
        enforce_secrets=(enforced == "enabled" or None) if allowed else False,
        metrics_writer=bool(asked.metrics_writer),
        datastores=content.uses_index_lookup,
        roles=asked_roles(manifest),
    )


def asked_roles(manifest: Manifest) -> tuple[AskedRole, ...]:
    """List the further roles of the manifest, which the policy must allow."""
    return tuple(AskedRole(it.role, it.scope) for it in manifest.access.roles or ())


def _identity(asked: AskedIdentity | None) -> Identity | None:
    if asked is None:
        return None
    if not asked.user_assigned_identities:
        return Identity()
    return Identity("UserAssigned", resource_id=asked.user_assigned_identities[0].resource_id)
