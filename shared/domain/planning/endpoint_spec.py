"""The body of an endpoint's PUT, whether one is needed, and what can never change.

Facts: 'Access secrets from an online deployment using secret injection' and 'Online Endpoints',
Azure ML documentation and REST API.
"""

from collections.abc import Iterator

from shared.domain.azure.endpoint import EndpointSpec, EndpointState, Identity
from shared.domain.errors import Finding
from shared.domain.manifest.access_rules import ENFORCED
from shared.domain.planning.step import Observed
from shared.domain.release.release import JOB_TAG, EndpointAsk, Release

_ON = "enabled"


def made_by_sluice(existing: EndpointState) -> bool:
    """Return whether Sluice created the endpoint; others are used, but deleted only by force."""
    return JOB_TAG in existing.tags


def made_anew(existing: EndpointState | None, *, behind: bool) -> bool:
    """Return whether the endpoint must be created anew, since its creation by Sluice failed.

    Azure accepts no deployment for such an endpoint.

    Args:
        existing: the current endpoint.
        behind: it has deployments; then its creation succeeded, and only an update failed.
    """
    if existing is None or behind:
        return False
    return existing.provisioning_state == "Failed" and made_by_sluice(existing)


def endpoint_spec(
    release: Release, existing: EndpointState | None, *, enforce_secrets: bool = False
) -> EndpointSpec:
    """Make the endpoint to PUT: requested values over existing ones over the defaults."""
    ask = release.endpoint
    if existing is None:
        enforced = {ENFORCED: _ON} if enforce_secrets else {}
        return EndpointSpec(
            name=ask.name,
            auth_mode=ask.auth_mode or "Key",
            identity=ask.identity or Identity(),
            description=ask.description,
            tags={**ask.tags, JOB_TAG: release.job},
            properties={**ask.properties, **enforced},
            public_network_access=ask.public_network_access,  # type: ignore[arg-type]
        )
    return EndpointSpec(
        name=ask.name,
        auth_mode=ask.auth_mode or existing.auth_mode,  # type: ignore[arg-type]
        identity=existing.identity,
        description=ask.description,
        tags={**existing.tags, **ask.tags},
        properties={**existing.properties, **ask.properties},
        public_network_access=ask.public_network_access,  # type: ignore[arg-type]
    )


def endpoint_as_asked(ask: EndpointAsk, existing: EndpointState) -> bool:
    """Return whether the endpoint itself needs no write."""
    return (
        existing.provisioning_state == "Succeeded"
        and ask.auth_mode in {None, existing.auth_mode}
        and ask.description in {None, existing.description}
        and ask.public_network_access in {None, existing.public_network_access}
        and all(existing.tags.get(key) == value for key, value in ask.tags.items())
        and all(existing.properties.get(key) == value for key, value in ask.properties.items())
    )


def enforces_secrets(release: Release, observed: Observed) -> bool:
    """Return whether Azure itself shall let the new endpoint read connection secrets.

    If not requested, only where that works: for a system-assigned identity, and if Sluice, which
    creates the endpoint, may read the secrets itself.
    """
    if observed.identity.kind != "SystemAssigned" or not release.access.connection_secrets:
        return False
    if release.access.enforce_secrets is not None:
        return release.access.enforce_secrets
    return bool(release.connections) and observed.reads_secrets


def endpoint_warnings(release: Release, observed: Observed) -> Iterator[str]:
    """Yield warnings about the endpoint."""
    existing = observed.endpoint
    if existing is not None and not made_by_sluice(existing):
        yield (
            f"Endpoint '{existing.name}' was not made by Sluice. It is used as it is: its traffic "
            "moves only when the release has passed its tests, and its other deployments stay"
        )
    there = existing.public_network_access if existing is not None else None
    if (release.endpoint.public_network_access or there) == "Disabled":
        yield (
            "The endpoint answers only through the workspace's private endpoint: Sluice itself "
            "must be in that network to test it"
        )


def unchangeable(release: Release, observed: Observed) -> Iterator[Finding]:
    """Yield requested changes of an existing endpoint that only its creation could make."""
    existing, ask = observed.endpoint, release.endpoint
    if existing is None:
        return
    if ask.identity is not None and not _same_identity(ask.identity, existing.identity):
        yield _fixed(
            f"Endpoint '{existing.name}' runs as {_describe(existing.identity)}, and an endpoint's "
            "identity cannot change after its creation"
        )
    enforced = existing.properties.get(ENFORCED, "").lower() == _ON
    if release.access.enforce_secrets not in {None, enforced}:
        yield _fixed(
            f"Endpoint '{existing.name}' was created with{'' if enforced else 'out'} {ENFORCED}, "
            "and that cannot change after its creation",
            "Leave it out; Sluice grants the role itself. Otherwise deploy",
        )
    for name, value in ask.properties.items():
        if existing.properties.get(name, value) != value:
            yield _fixed(
                f"Property '{name}' of endpoint '{existing.name}' is "
                f"'{existing.properties[name]}', and a property cannot change once it is set",
                "Leave it out. Otherwise deploy",
            )


def _fixed(cause: str, first: str = "Deploy") -> Finding:
    remedy = f"{first} to another endpoint name, or delete the endpoint first"
    return Finding("manifest", None, cause, remedy)


def _same_identity(asked: Identity, there: Identity) -> bool:
    if asked.kind != there.kind:
        return False
    one, other = asked.resource_id or "", there.resource_id or ""
    return asked.kind == "SystemAssigned" or one.lower() == other.lower()


def _describe(identity: Identity) -> str:
    if identity.resource_id is None:
        return "its own identity (system-assigned)"
    return f"the user-assigned identity '{identity.resource_id.rpartition('/')[2]}'"
