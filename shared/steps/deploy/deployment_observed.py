"""Reads what the plan of a deployment depends on: the region's quota, and what it replaces."""

from dataclasses import replace

from shared.domain.azure.vm_sizes import size_of
from shared.domain.failure import Denied, Refused
from shared.domain.planning.deployment_plan import current, deployment_steps, replaces
from shared.domain.planning.quota import Usage
from shared.domain.planning.step import Observed
from shared.domain.release.release import Release
from shared.ports import Ports


def observe_deployment(ports: Ports, release: Release, observed: Observed) -> Observed:
    """Adds quota usage and the deployment being replaced; skips both if the plan is empty."""
    if not deployment_steps(release, observed):
        return observed
    state = current(release, observed)
    there = state is not None and state.provisioning_state == "Succeeded"
    kept = None
    if there and replaces(release, observed):
        kept = ports.workspace.backup_deployment(release.endpoint.name, release.deployment_name)
    return replace(observed, usages=_usages(ports, release), replaced=kept)


def _usages(ports: Ports, release: Release) -> tuple[Usage, ...] | None:
    """The quota usage of the size's family, as far as Azure reports it.

    None without the right to read it, which deploying can do without; it is on the subscription.
    """
    size = size_of(release.deployment.instance_type)
    if size is None:
        return ()
    try:
        found = ports.workspace.usage(size.family)
    except (Denied, Refused):
        return None
    return () if found is None else (found,)
