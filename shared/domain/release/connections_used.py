"""Which of the workspace's connections a release would use, wherever it says so."""

from collections.abc import Mapping

from shared.domain.errors import Finding
from shared.domain.kinds.prompt_flow import Flow
from shared.domain.manifest import Manifest
from shared.domain.manifest.access_rules import ENFORCED
from shared.domain.manifest.connection_override import (
    is_overridden,
    override_variables,
    referenced,
    references_of,
    stand_ins,
)
from shared.domain.manifest.connection_variable import ConnectionShape, resolvable, short_reference


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


def takes_shortly(manifest: Manifest) -> bool:
    """Whether a variable of the deployment takes its value as `${connection.key}`."""
    return any(short_reference(value) is not None for value in _said(manifest).values())


def with_references(
    manifest: Manifest, shapes: Mapping[str, ConnectionShape]
) -> tuple[Manifest, tuple[Finding, ...]]:
    """The manifest with each `${connection.key}` as Azure resolves it; see `resolvable`."""
    overrides, said = manifest.flow.connections or {}, _said(manifest)
    known = {it: shapes[it] for it in shapes if not is_overridden(it, overrides, said)}
    variables, findings = resolvable(manifest.deployment.environment_variables or {}, known)
    connections = dict(overrides)
    for name, fields in overrides.items():
        if not isinstance(fields, str):
            connections[name], wrong = resolvable(fields, known)
            findings += wrong
    changed = {
        "deployment": manifest.deployment.model_copy(update={"environment_variables": variables}),
        "flow": manifest.flow.model_copy(update={"connections": connections}),
    }
    return manifest.model_copy(update=changed), findings


def _said(manifest: Manifest) -> dict[str, str]:
    overrides = override_variables(manifest.flow.connections or {})
    return {**(manifest.deployment.environment_variables or {}), **overrides}
