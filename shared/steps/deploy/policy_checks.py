"""What a flow would have besides its place: roles, an identity, connections. Policy decides."""

from collections.abc import Iterator

from shared.domain.access.policy import (
    Placement,
    refused_connections,
    refused_identity,
    refused_roles,
)
from shared.domain.access.roles import DATA_SCIENTIST, AskedRole
from shared.domain.errors import Finding
from shared.domain.kinds.prompt_flow import Flow
from shared.domain.manifest import Manifest
from shared.domain.release.connections_used import all_connections, connections_used
from shared.domain.release.desired_endpoint import asked_roles
from shared.ports import Ports
from shared.steps.deploy.placement import refused_finding


def allowing_findings(
    ports: Ports, place: Placement, flow: Flow, manifest: Manifest
) -> Iterator[Finding]:
    """What the operator does not let this flow have at this endpoint."""
    for role in refused_roles(ports.policy, place, asked_roles(manifest)):
        yield refused_finding(place, f"ask for role '{role.role}' at {role.scope}", "roles")
    identity = manifest.endpoint.identity
    for user in (identity.user_assigned_identities if identity else None) or ():
        if refused_identity(ports.policy, place, user.resource_id):
            yield refused_finding(place, f"run as identity {user.resource_id}", "identities")
    for name in refused_connections(ports.policy, place, connections_used(flow, manifest)):
        yield refused_finding(place, f"use connection '{name}'", "connections")
    if all_connections(flow, manifest) and refused_connections(ports.policy, place, ["*"]):
        what = "read the secrets of every connection, which its manifest asks for"
        yield refused_finding(place, what, "connections, as '*',")
    yield from _index_lookup(ports, place, flow)


def _index_lookup(ports: Ports, place: Placement, flow: Flow) -> Iterator[Finding]:
    """The operator who named a role for it has allowed it."""
    if not flow.uses_index_lookup or ports.datastore_reader_role:
        return
    role = AskedRole(DATA_SCIENTIST.name, ports.workspace_id)
    if refused_roles(ports.policy, place, [role]):
        cause = (
            f"The flow looks an index up, so its identity would get '{role.role}' on the "
            "workspace, and the policy does not let it"
        )
        remedy = (
            "Ask the operator to name a lesser role in DATASTORE_READER_ROLE, or this one under "
            "roles in a rule of SLUICE_POLICY"
        )
        yield Finding(place.path, None, cause, remedy)
