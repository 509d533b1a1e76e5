"""Lists what a removal of an endpoint would delete: deployments and role assignments."""

from shared.domain.access.roles import RoleAssignment
from shared.domain.azure.endpoint import EndpointState
from shared.domain.planning.removal_plan import Inventory
from shared.domain.release.release import from_json
from shared.ports import Ports


def take_inventory(ports: Ports, name: str) -> Inventory:
    """Read the endpoint, its deployments, and the roles that Sluice granted for it."""
    releases = ports.ledger.released(name)
    released = frozenset(it.deployment for it in releases)
    newest = releases[0].deployment if releases else ""
    endpoint = ports.workspace.endpoint(name)
    if endpoint is None:
        return Inventory(None, released=released, newest=newest)
    return Inventory(
        endpoint,
        ports.workspace.deployments(name),
        _assignments(ports, endpoint),
        _others(ports, endpoint),
        released,
        newest,
    )


def _assignments(ports: Ports, endpoint: EndpointState) -> tuple[RoleAssignment, ...]:
    """Role assignments of the identity at the scopes where Sluice may have granted, each once."""
    principal = endpoint.identity.principal_id
    if principal is None:
        return ()
    found = {
        held.id: held
        for scope in sorted(_scopes(ports, endpoint.name))
        for held in ports.roles.assignments(scope, principal)
    }
    return tuple(found.values())


def _scopes(ports: Ports, name: str) -> set[str]:
    facts = ports.workspace.facts()
    known = {facts.id, facts.storage_account_id, facts.container_registry_id or facts.id}
    last = ports.ledger.last_release(name)
    kept = ports.ledger.read(last["job"], "release") if last is not None else None
    if kept is not None:
        known |= {it.scope for it in from_json(kept).access.roles}
    return known


def _others(ports: Ports, endpoint: EndpointState) -> tuple[str, ...]:
    if endpoint.identity.kind == "SystemAssigned":
        return ()
    mine = (endpoint.identity.resource_id or "").lower()
    return tuple(
        it.name
        for it in ports.workspace.endpoints()
        if it.name != endpoint.name and (it.identity.resource_id or "").lower() == mine
    )
