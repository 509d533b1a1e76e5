"""Warn about an image outside the workspace's registry, where no identity has rights. Pure.

Source: 'Troubleshoot online endpoints', authorization error, and Azure's message: 'if
using non-workspace ACR, then User should grant pull permissions to identity on the registry'.
"""

import re
from collections.abc import Iterator

from shared.domain.access.roles import ACR_PULL, Grant, grant_command
from shared.domain.azure.endpoint import WorkspaceFacts
from shared.domain.planning.step import Observed
from shared.domain.release.release import Release

_REGISTRY = re.compile(r"([a-z0-9]+)\.azurecr\.[a-z]+/", re.IGNORECASE)


def other_registry(release: Release, workspace: WorkspaceFacts) -> str | None:
    """Return the Azure container registry of the image; None for the workspace's own."""
    environment = release.environment
    if environment is None or environment.build:
        return None
    found = _REGISTRY.match(environment.image)
    own = (workspace.container_registry_id or "").rpartition("/")[2]
    if found is None or found[1].lower() == own.lower():
        return None
    return found[1].lower()


def registry_warnings(release: Release, observed: Observed) -> Iterator[str]:
    """Yield a warning with the identity that must pull from another registry, and the command."""
    name = other_registry(release, observed.workspace)
    if name is None or any(it.scope.lower().endswith(f"/{name}") for it in observed.grants):
        return
    who, principal = "endpoint's", observed.identity.principal_id or "PRINCIPAL-OF-THE-ENDPOINT"
    environment = release.environment
    if environment and environment.requirements is not None:  # the workspace builds on it
        who, principal = "workspace's", "PRINCIPAL-OF-THE-WORKSPACE"
    scope = f"$(az acr show --name {name} --query id --output tsv)"
    command = grant_command(Grant(ACR_PULL, scope, ""), principal)
    yield (
        f"The image is in registry '{name}', which is not the workspace's: the {who} identity must "
        f"be able to pull from it. Where it is not yet: {command}. Or ask for AcrPull there under "
        "access.roles in deploy.yaml, where the policy allows it"
    )
