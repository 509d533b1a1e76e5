"""Plan the deployment: create, replace or scale it, and delete old ones to free quota."""

from collections.abc import Iterator

from shared.domain.azure.endpoint import DeploymentState
from shared.domain.azure.vm_sizes import size_of
from shared.domain.errors import Finding
from shared.domain.planning.quota import Room, room
from shared.domain.planning.step import Observed, Step
from shared.domain.release.release import ASKED_TAG, DIGEST_TAG, Release


def current(release: Release, observed: Observed) -> DeploymentState | None:
    """Return the existing deployment with the release's name, or None."""
    name = release.deployment_name
    return next((it for it in observed.deployments if it.name == name), None)


def as_asked(release: Release, state: DeploymentState) -> bool:
    """Return whether a deployment is as the release requests, apart from the instance count.

    A derived name contains a hash of the request; a fixed one needs its tag compared.
    """
    if state.provisioning_state != "Succeeded":
        return False
    return release.deployment.name is None or state.tags.get(ASKED_TAG) == release.asked


def replaces(release: Release, observed: Observed) -> bool:
    """Return whether the deployment with the fixed name is to be replaced in place."""
    state = current(release, observed)
    fixed = release.deployment.name is not None
    return fixed and state is not None and not as_asked(release, state)


def instances(release: Release, observed: Observed) -> int:
    """Return the instance count after the plan."""
    existing = current(release, observed)
    return release.deployment.instance_count or (existing.instance_count if existing else 1)


def deployment_steps(release: Release, observed: Observed) -> list[Step]:
    """Return the steps that bring the deployment to the requested state, or none."""
    name, count = release.deployment_name, release.deployment.instance_count
    existing = current(release, observed)
    if existing is not None and as_asked(release, existing):
        if count in {None, existing.instance_count}:
            return []
        arguments = {"instance_count": count}
        return [Step("ensure_deployment", f"Scale {name} to {count} instances", arguments)]
    steps = [*_part_steps(release)]
    if release.environment is not None and release.environment.registered is None:
        title = f"Register environment {release.environment.version}"
        steps.append(Step("ensure_environment", title))
    if release.data_assets:
        names = ", ".join(asset.name for asset in release.data_assets.values())
        steps.append(Step("ensure_data_assets", f"Register data assets {names}"))
    steps += room_making(release, observed)
    title = f"Create deployment {name}"
    if replaces(release, observed):
        title = f"Replace deployment {name} in place" + _whose(existing)
    return [*steps, Step("ensure_deployment", title, {"instance_count": count})]


def _part_steps(release: Release) -> Iterator[Step]:
    """Register the parts of the package: the model, the code, or both."""
    if release.model is not None and not release.model.registered:
        named = f"{release.model_name}:{release.model_version[:12]}"
        yield Step("ensure_model", f"Register model {named}")
    if release.code is not None:
        named = f"{release.model_name}:{release.code.version[:12]}"
        yield Step("ensure_code", f"Register code {named}")


def deletions(release: Release, observed: Observed) -> list[Step]:
    """Delete old deployments that Sluice made, except as many as `retain` says.

    The most recent ones that served are kept; deployments that never served are not. Those that
    `room_making` deletes are not deleted again.
    """
    gone = {str(step.arguments["name"]) for step in room_making(release, observed)}
    return [_deletion(it) for it in _outdated(release, observed) if it.name not in gone]


def room_making(release: Release, observed: Observed) -> list[Step]:
    """Delete old deployments without traffic before the new one is made, if quota is short."""
    alone = _room(release, observed, ())
    if alone is None or alone.suffices:
        return []
    return [_deletion(it) for it in _idle(release, observed)]


def quota_findings(release: Release, observed: Observed) -> Iterator[Finding]:
    """Explain why quota is short even after all possible deletions."""
    found = quota_room(release, observed)
    if found is not None and not found.suffices:
        yield found.finding()


def quota_room(release: Release, observed: Observed) -> Room | None:
    """Return the quota that the plan takes, after the deletions that make room.

    None if it takes no cores, or if nothing is known of the size's quota.
    """
    if not _takes_cores(release, observed):
        return None
    return _room(release, observed, _idle(release, observed))


def deployment_warnings(release: Release, observed: Observed) -> Iterator[str]:
    """Yield warnings about the deployment before it is created."""
    if _takes_cores(release, observed) and _room(release, observed, ()) is None:
        size = size_of(release.deployment.instance_type)
        why = "Azure reports no quota for its family"
        if size is None:
            why = "its family is not known"
        elif observed.usages is None:
            why = "Sluice may not read the region's usages"
        yield f"The quota of {release.deployment.instance_type} was not checked: {why}"
    state = current(release, observed)
    if replaces(release, observed) and observed.replaced is None and state is not None:
        yield (
            f"Deployment {state.name} is {state.provisioning_state}: if its replacement fails, "
            "there is nothing to put back"
        )


def _takes_cores(release: Release, observed: Observed) -> bool:
    existing, count = current(release, observed), release.deployment.instance_count
    if existing is None or not as_asked(release, existing):
        return True
    return count is not None and count > existing.instance_count


def _room(release: Release, observed: Observed, gone: tuple[DeploymentState, ...]) -> Room | None:
    existing, count = current(release, observed), instances(release, observed)
    freed = (*gone, *((existing,) if existing is not None else ()))
    return room(release.deployment.instance_type, count, observed.usages or (), freed)


def _outdated(release: Release, observed: Observed) -> list[DeploymentState]:
    traffic = observed.endpoint.traffic if observed.endpoint else {}
    ours = [
        state
        for state in observed.deployments
        if DIGEST_TAG in state.tags and state.name != release.deployment_name
    ]
    served = [
        it
        for it in ours
        if it.provisioning_state == "Succeeded"
        and (traffic.get(it.name) or it.name in observed.released)
    ]
    served.sort(key=lambda it: (traffic.get(it.name, 0), it.created_at), reverse=True)
    kept = {it.name for it in served[: release.retain]}
    return [it for it in ours if it.name not in kept]


def _idle(release: Release, observed: Observed) -> tuple[DeploymentState, ...]:
    traffic = observed.endpoint.traffic if observed.endpoint else {}
    return tuple(it for it in _outdated(release, observed) if not traffic.get(it.name))


def _deletion(state: DeploymentState) -> Step:
    return Step("delete_deployment", f"Delete {state.name}", {"name": state.name}, optional=True)


def _whose(state: DeploymentState | None) -> str:
    made = state is not None and DIGEST_TAG in state.tags
    return "" if made else ", which Sluice did not make"
