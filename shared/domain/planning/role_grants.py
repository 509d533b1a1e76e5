"""The grants that an endpoint's identity needs, has and lacks, and warnings about them."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from shared.domain.access.roles import (
    ACR_PULL,
    CONNECTION_SECRETS_READER,
    DATA_SCIENTIST,
    READ_SECRETS,
    REPOSITORY_READER,
    Grant,
    covers,
    grant_command,
    required_grants,
)
from shared.domain.azure.endpoint import Identity
from shared.domain.planning.image_registry import other_registry
from shared.domain.planning.step import Observed, Step
from shared.domain.release.release import Release


def needed_grants(release: Release, observed: Observed) -> tuple[Grant, ...]:
    """List every grant that the endpoint's identity must have for this release."""
    serving = _serving(release, observed, observed.identity)
    return (*serving, *observed.grants)


def known_grants(release: Release, observed: Observed) -> tuple[Grant, ...]:
    """List all grants that could explain a denial, whoever gives them."""
    serving = _serving(release, observed, replace(observed.identity, kind="UserAssigned"))
    secrets = Grant(
        CONNECTION_SECRETS_READER, observed.workspace.id, "read connections", READ_SECRETS
    )
    if other_registry(
        release, observed.workspace
    ):  # a grant at the workspace's own registry does not help there
        serving = tuple(it for it in serving if it.role not in (ACR_PULL, REPOSITORY_READER))
    found = (secrets, *serving, *observed.grants, *observed.ungranted)
    return tuple(it for it in found if it.known)


def _serving(release: Release, observed: Observed, identity: Identity) -> tuple[Grant, ...]:
    collects = release.deployment.data_collector is not None
    return required_grants(identity, observed.workspace, release.access, collects=collects)


def grant_steps(release: Release, observed: Observed) -> list[Step]:
    """Make a step for each missing grant."""
    principal = observed.identity.principal_id
    needed = needed_grants(release, observed)
    return [_step(grant, principal) for grant in needed if not _has(observed, grant)]


def newest_grant(release: Release, observed: Observed) -> str:
    """Return when the newest needed grant was made: it may not have taken effect yet."""
    principal = observed.identity.principal_id or ""
    needed = needed_grants(release, observed)
    times = (
        it.created_on
        for it in observed.assignments
        if any(covers(it, grant, principal) for grant in needed)
    )
    return max(times, default="")


def access_warnings(release: Release, observed: Observed) -> Iterator[str]:
    """Yield warnings about the access of the endpoint's identity."""
    if any(grant.role == DATA_SCIENTIST for grant in observed.grants):
        yield (
            "The flow looks up an index, so its identity has AzureML Data Scientist on the "
            "workspace: the flow's code may also change and delete endpoints, models, data and "
            "jobs there, and read the secrets of connections. A custom role with "
            "Microsoft.MachineLearningServices/workspaces/datastores/read is enough: name it in "
            "the setting DATASTORE_READER_ROLE"
        )
    for grant in observed.ungranted:
        if not _has(observed, grant):
            who = observed.identity.principal_id or "PRINCIPAL-OF-THE-ENDPOINT"
            yield (
                f"The endpoint's identity needs '{grant.role.name}' to {grant.why}, and the policy "
                "does not let Sluice grant it. An administrator must run: "
                f"{grant_command(grant, who)}"
            )
    if release.connections and not release.access.connection_secrets:
        why = "read the workspace's connections"
        grant = Grant(CONNECTION_SECRETS_READER, observed.workspace.id, why, READ_SECRETS)
        if not _has(observed, grant):
            who = observed.identity.principal_id or "PRINCIPAL-OF-THE-ENDPOINT"
            yield (
                "The flow uses connections, and the manifest does not let Sluice give the "
                "endpoint's identity their secrets. An administrator must run: "
                f"{grant_command(grant, who)}"
            )


def _has(observed: Observed, grant: Grant) -> bool:
    principal = observed.identity.principal_id
    return principal is not None and any(
        covers(it, grant, principal) for it in observed.assignments
    )


def _step(grant: Grant, principal: str | None) -> Step:
    arguments: dict[str, Any] = {
        "role": grant.role.name,
        "role_id": grant.role.id,
        "scope": grant.scope,
        "why": grant.why,
        "action": grant.action,
        "data": grant.data,
        "optional": grant.optional,
        "principal_id": principal,
    }
    if principal is not None:
        arguments["command"] = grant_command(grant, principal)
    title = f"Grant {grant.role.name}"
    return Step("ensure_role_assignment", title, arguments, optional=grant.optional)
