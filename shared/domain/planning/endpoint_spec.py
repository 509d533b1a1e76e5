"""The endpoint to PUT, whether it is so already, and what of it can never change.

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
    """Whether Sluice created it; any other is adopted, and never deleted unasked."""
    return JOB_TAG in existing.tags


def made_anew(existing: EndpointState | None, *, behind: bool) -> bool:
    """Whether an endpoint failed when Sluice made it: Azure takes no deployment for such a one.

    Args:
        existing: the endpoint as it is.
        behind: there are deployments; then it was made once, and only a change of it failed.
    """
    if existing is None or behind:
        return False
    return existing.provisioning_state == "Failed" and made_by_sluice(existing)


def endpoint_spec(
    release: Release, existing: EndpointState | None, *, enforce_secrets: bool = False
) -> EndpointSpec:
    """What to PUT: what is asked, over what is there, over the defaults."""
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
    """Whether nothing of the endpoint itself needs a write."""
    return (
        existing.provisioning_state == "Succeeded"
        and ask.auth_mode in {None, existing.auth_mode}
        and ask.description in {None, existing.description}
        and ask.public_network_access in {None, existing.public_network_access}
        and all(existing.tags.get(key) == value for key, value in ask.tags.items())
        and all(existing.properties.get(key) == value for key, value in ask.properties.items())
    )


def enforces_secrets(release: Release, observed: Observed) -> bool:
    """Whether the endpoint shall be created so that Azure itself lets it read connection secrets.

    Unasked only where that works: for an identity of the endpoint's own, and where Sluice, which
    creates it, may read them itself.
    """
    if observed.identity.kind != "SystemAssigned" or not release.access.connection_secrets:
        return False
    if release.access.enforce_secrets is not None:
        return release.access.enforce_secrets
    return bool(release.connections) and observed.reads_secrets


def endpoint_warnings(release: Release, observed: Observed) -> Iterator[str]:
    """What a person should know of the endpoint as it is used."""
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
    """What is asked of an endpoint that is there, and can only be had at its creation."""
    existing, ask = observed.endpoint, release.endpoint
    if existing is None:
        return
    if ask.identity is not None and not _same(ask.identity, existing.identity):
        yield _fixed(
            f"Endpoint '{existing.name}' runs as {_shown(existing.identity)}, and an endpoint's "
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


def _same(asked: Identity, there: Identity) -> bool:
    if asked.kind != there.kind:
        return False
    one, other = asked.resource_id or "", there.resource_id or ""
    return asked.kind == "SystemAssigned" or one.lower() == other.lower()


def _shown(identity: Identity) -> str:
    if identity.resource_id is None:
        return "its own identity (system-assigned)"
    return f"the user-assigned identity '{identity.resource_id.rpartition('/')[2]}'"
