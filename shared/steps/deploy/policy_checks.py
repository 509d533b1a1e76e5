"""Check a package's kind, roles, identity and connections against the operator's policy."""

from collections.abc import Iterator

from shared.domain.access.policy import (
    Placement,
    comparison_floor,
    refused_connections,
    refused_identity,
    refused_kind,
    refused_roles,
    rollout_floor,
)
from shared.domain.access.roles import DATA_SCIENTIST, AskedRole
from shared.domain.errors import Finding
from shared.domain.kinds.content import Content
from shared.domain.manifest import Manifest
from shared.domain.parsing.text import join_names
from shared.domain.release.connections_used import all_connections, connections_used
from shared.domain.release.desired_comparison import comparison_objections
from shared.domain.release.desired_endpoint import asked_roles
from shared.domain.release.desired_rollout import floor_objections
from shared.ports import Ports
from shared.steps.deploy.placement import policy_refusal


def policy_findings(
    ports: Ports, place: Placement, content: Content, manifest: Manifest
) -> Iterator[Finding]:
    """Findings for everything that the policy does not allow this flow at this endpoint."""
    yield from _kind(ports, place, content)
    for role in refused_roles(ports.policy, place, asked_roles(manifest)):
        yield policy_refusal(place, f"ask for role '{role.role}' at {role.scope}", "roles")
    identity = manifest.endpoint.identity
    for user in (identity.user_assigned_identities if identity else None) or ():
        if refused_identity(ports.policy, place, user.resource_id):
            yield policy_refusal(place, f"run as identity {user.resource_id}", "identities")
    for name in refused_connections(ports.policy, place, connections_used(content, manifest)):
        yield policy_refusal(place, f"use connection '{name}'", "connections")
    if all_connections(content, manifest) and refused_connections(ports.policy, place, ["*"]):
        what = "read the secrets of every connection, which its manifest asks for"
        yield policy_refusal(place, what, "connections, as '*',")
    yield from _index_lookup(ports, place, content)
    for why in floor_objections(manifest, rollout_floor(ports.policy, place)):
        yield policy_refusal(place, f"roll out like this: {why}", "rollout")
    for why in comparison_objections(manifest, comparison_floor(ports.policy, place)):
        yield policy_refusal(place, f"be compared like this: {why}", "comparison")


def _kind(ports: Ports, place: Placement, content: Content) -> Iterator[Finding]:
    """A finding if the rules name kinds of package, and this one is of none of them."""
    allowed = refused_kind(ports.policy, place, content.kind_name)
    if allowed is not None:
        what = f"deploy a package of the kind {content.kind_name}, only {join_names(allowed)}"
        yield policy_refusal(place, what, "kinds")


def _index_lookup(ports: Ports, place: Placement, content: Content) -> Iterator[Finding]:
    """A finding if index lookup needs a role that is not allowed.

    If the setting DATASTORE_READER_ROLE names a role, the operator has allowed it.
    """
    if not content.uses_index_lookup or ports.datastore_reader_role:
        return
    role = AskedRole(DATA_SCIENTIST.name, ports.workspace_id)
    if refused_roles(ports.policy, place, [role]):
        cause = (
            f"The flow uses index lookup, so its identity would get '{role.role}' on the "
            "workspace, and the policy does not allow that"
        )
        remedy = (
            "Ask the operator to name a lesser role in DATASTORE_READER_ROLE, or this one under "
            "roles in a rule of SLUICE_POLICY"
        )
        yield Finding(place.path, None, cause, remedy)
