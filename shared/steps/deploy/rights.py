"""Read the rights that a plan depends on: the identity's needed and held roles, and Sluice's."""

from dataclasses import replace

from shared.domain.access.permission import permits
from shared.domain.access.policy import refused_identity, refused_roles
from shared.domain.access.roles import (
    DATA_SCIENTIST,
    KNOWN_ROLES,
    READ_DATASTORES,
    READ_SECRETS,
    UNKNOWN_SCOPE,
    AskedRole,
    Grant,
    Role,
    RoleAssignment,
    keyless_grant,
)
from shared.domain.errors import Finding, Rejected, rejected
from shared.domain.planning.role_grants import needed_grants
from shared.domain.planning.step import Observed
from shared.domain.release.release import Release
from shared.ports import Ports
from shared.steps.deploy.placement import placement, policy_refusal


def observe_rights(ports: Ports, release: Release, observed: Observed) -> Observed:
    """Add the rights that the plan depends on: grants needed, and assignments already held.

    Raises Rejected if there is no such role as the manifest or a setting names.
    """
    _allow_identity(ports, release, observed)
    user = observed.identity.kind == "UserAssigned"
    abac = user and ports.workspace.registry_in_abac_mode()
    keyless = _keyless(ports, release)
    refused = _refused(ports, release, keyless)
    known = replace(
        observed,
        workspace=replace(observed.workspace, registry_in_abac_mode=abac),
        grants=(
            *_further_grants(ports, release, observed.workspace.id),
            *(it for it in keyless if it not in refused),
        ),
        ungranted=refused,
        reads_secrets=_reads_secrets(ports, release, observed),
    )
    principal = known.identity.principal_id
    if principal is None:
        return known
    scopes = dict.fromkeys(
        it.scope for it in (*needed_grants(release, known), *known.ungranted) if it.known
    )
    held = [it for scope in scopes for it in effective_assignments(ports, scope, principal)]
    return replace(known, assignments=tuple(held))


def effective_assignments(ports: Ports, scope: str, principal: str) -> tuple[RoleAssignment, ...]:
    """The principal's assignments at the scope or above, with the permissions of custom roles."""
    return tuple(
        it
        if it.role_id.lower() in KNOWN_ROLES
        else replace(it, permissions=ports.roles.role_permissions(scope, it.role_id))
        for it in ports.roles.assignments(scope, principal)
    )


def _allow_identity(ports: Ports, release: Release, observed: Observed) -> None:
    """Raise Rejected if the policy does not allow the endpoint's identity, new or existing."""
    user = observed.identity.resource_id
    place = placement(ports, release.path, release.endpoint.name, release.caller)
    if user is not None and refused_identity(ports.policy, place, user):
        raise Rejected([policy_refusal(place, f"run as identity {user}", "identities")])


def _keyless(ports: Ports, release: Release) -> tuple[Grant, ...]:
    """The roles that the flow's connections without a key need on the resources they lead to."""
    if not release.connections:
        return ()
    targets = ports.workspace.keyless_targets()
    return tuple(
        keyless_grant(name, targets[name] or UNKNOWN_SCOPE)
        for name in release.connections
        if name in targets
    )


def _refused(ports: Ports, release: Release, grants: tuple[Grant, ...]) -> tuple[Grant, ...]:
    """Those of the grants that the policy does not let Sluice make for this flow."""
    asked = {AskedRole(it.role.name, it.scope): it for it in grants if it.known}
    unknown = tuple(it for it in grants if not it.known)
    place = placement(ports, release.path, release.endpoint.name, release.caller)
    refused = refused_roles(ports.policy, place, asked)
    return (*(asked[it] for it in refused), *unknown)


def _reads_secrets(ports: Ports, release: Release, observed: Observed) -> bool:
    """Return whether Sluice may read connection secrets.

    This matters, and is looked up, only if a new endpoint may enforce access to its secrets.
    """
    matters = (
        observed.endpoint is None
        and release.connections
        and (release.access.connection_secrets and release.access.enforce_secrets is None)
    )
    if not matters or observed.identity.kind != "SystemAssigned":
        return False
    return permits(ports.roles.own_permissions(observed.workspace.id), READ_SECRETS)


def _further_grants(ports: Ports, release: Release, workspace: str) -> tuple[Grant, ...]:
    """The grants for index lookup, and those that the manifest requests."""
    looked_up = [(it, ports.roles.find_role(it.scope, it.role)) for it in release.access.roles]
    unknown = [_no_role(it) for it, role in looked_up if role is None]
    if unknown:
        raise Rejected(unknown)
    why = "as its manifest asks"
    asked = [Grant(role, it.scope, why) for it, role in looked_up if role is not None]
    if not release.access.datastores:
        return tuple(asked)
    reader = _datastore_reader(ports, workspace)
    return (Grant(reader, workspace, "use index lookup", READ_DATASTORES), *asked)


def _datastore_reader(ports: Ports, workspace: str) -> Role:
    named = ports.datastore_reader_role
    if not named:
        return DATA_SCIENTIST
    found = ports.roles.find_role(workspace, named)
    if found is None:
        cause = f"The setting DATASTORE_READER_ROLE names '{named}', and there is no such role"
        raise rejected("settings", cause, "Ask the operator to correct it or to leave it empty")
    return found


def _no_role(asked: AskedRole) -> Finding:
    cause = f"There is no role '{asked.role}' at {asked.scope}"
    return Finding("manifest", None, cause, "Correct access.roles: a role's name or its id")
