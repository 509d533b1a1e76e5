"""Which of the workspace's connections a release would use, wherever it says so."""

from shared.domain.connection_override import referenced, references_of, stand_ins
from shared.domain.flow import Flow
from shared.domain.manifest import Manifest
from shared.domain.manifest.access_rules import ENFORCED


def connections_used(flow: Flow, manifest: Manifest) -> tuple[str, ...]:
    """Those that the flow names or that stand in for them, and those that variables refer to."""
    overrides = manifest.flow.connections or {}
    variables = manifest.deployment.environment_variables or {}
    renamed = stand_ins(flow.connection_names, overrides, variables)
    named = (renamed.get(name, name) for name in flow.connection_names)
    own = (referenced(value) for value in flow.environment_variables.values())
    found = (*named, *references_of(overrides, variables).values(), *own)
    return tuple(dict.fromkeys(name for name in found if name))


def all_connections(flow: Flow, manifest: Manifest) -> bool:
    """Whether a manifest asks for the secrets of connections that nothing names."""
    enforced = (manifest.endpoint.properties or {}).get(ENFORCED, "").lower() == "enabled"
    return (manifest.access.connection_secrets is True or enforced) and not connections_used(
        flow, manifest
    )
