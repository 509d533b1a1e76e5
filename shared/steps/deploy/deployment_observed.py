"""What the plan must know of the deployment itself: the region's quota, and what it replaces."""

from dataclasses import replace

from shared.domain.failure import Denied, Refused
from shared.domain.planning.deployment_plan import current, deployment_steps, replaces
from shared.domain.planning.quota import Usage
from shared.domain.planning.step import Observed
from shared.domain.release.release import Release
from shared.ports import Ports


def observe_deployment(ports: Ports, release: Release, observed: Observed) -> Observed:
    """With usages, and with what is replaced in place; nothing is read where nothing changes."""
    if not deployment_steps(release, observed):
        return observed
    state = current(release, observed)
    there = state is not None and state.provisioning_state == "Succeeded"
    kept = None
    if there and replaces(release, observed):
        kept = ports.workspace.backup_deployment(release.endpoint.name, release.deployment_name)
    return replace(observed, usages=_usages(ports), replaced=kept)


def _usages(ports: Ports) -> tuple[Usage, ...] | None:
    """The right to read them is on the subscription: without it a flow can still be deployed."""
    try:
        return ports.workspace.usages()
    except (Denied, Refused):
        return None
