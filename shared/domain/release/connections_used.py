"""Find the workspace connections that a release uses."""

from collections.abc import Mapping

from shared.domain.errors import Finding
from shared.domain.kinds.content import Content
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


def connections_used(content: Content, manifest: Manifest) -> tuple[str, ...]:
    """List the connections that the flow names, or their replacements, and those in variables."""
    overrides = manifest.flow.connections or {}
    variables = manifest.deployment.environment_variables or {}
    renamed = stand_ins(content.connection_names, overrides, variables)
    named = (renamed.get(name, name) for name in content.connection_names)
    own = (referenced(value) for value in content.environment_variables.values())
    found = (*named, *references_of(overrides, variables).values(), *own)
    return tuple(dict.fromkeys(name for name in found if name))


def all_connections(content: Content, manifest: Manifest) -> bool:
    """Return whether a manifest requests connection secrets although it uses no connection."""
    enforced = (manifest.endpoint.properties or {}).get(ENFORCED, "").lower() == "enabled"
    return (manifest.access.connection_secrets is True or enforced) and not connections_used(
        content, manifest
    )


def has_short_references(manifest: Manifest) -> bool:
    """Return whether a variable of the deployment has the form `${connection.key}`."""
    return any(short_reference(value) is not None for value in _all_variables(manifest).values())


def with_references(
    manifest: Manifest, shapes: Mapping[str, ConnectionShape]
) -> tuple[Manifest, tuple[Finding, ...]]:
    """Replace each `${connection.key}` by the form that Azure resolves; see `resolvable`."""
    overrides, variables = manifest.flow.connections or {}, _all_variables(manifest)
    known = {it: shapes[it] for it in shapes if not is_overridden(it, overrides, variables)}
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


def _all_variables(manifest: Manifest) -> dict[str, str]:
    overrides = override_variables(manifest.flow.connections or {})
    return {**(manifest.deployment.environment_variables or {}), **overrides}
